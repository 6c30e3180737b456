// Keep-alive agents with the TLS and proxies of the settings.
import { type Agent, type AgentOptions, Agent as HttpAgent } from "node:http";
import { BlockList, isIP } from "node:net";

export interface Endpoint {
  readonly url: string;
  /** PEM. Trusted instead of Node's built-in certificate authorities. */
  readonly ca?: string | Buffer;
  /** false: any certificate is accepted. */
  readonly verifyTls?: boolean;
  /** HTTP_PROXY, HTTPS_PROXY, NO_PROXY and their lower-case forms are used. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Loaded only if needed: TLS costs 6 MiB and about 5 ms at startup. */
export const loadHttps = () => process.getBuiltinModule("node:https");

/** Idle connections are closed before a server's usual 60 s, because a request on a just closed connection looks like a lost one. */
export const idleMs = 15_000;

export const makeAgent = ({ url, ca, verifyTls, env }: Endpoint): Agent => {
  const proxyEnv = proxyEnvOf(url, env ?? {});
  const options: AgentOptions = { keepAlive: true, timeout: idleMs, ...(proxyEnv ? { proxyEnv } : {}) };
  if (!url.startsWith("https:")) return new HttpAgent(options);
  return new (loadHttps().Agent)({ ...options, ...(ca ? { ca } : {}), rejectUnauthorized: verifyTls !== false });
};

/** Proxy settings for Node's agent: applies NO_PROXY, and reads `proxy:3128` as http://proxy:3128. */
const proxyEnvOf = (url: string, env: Readonly<Record<string, string | undefined>>) => {
  const name = url.startsWith("https:") ? "HTTPS_PROXY" : "HTTP_PROXY";
  const proxy = env[name.toLowerCase()] || env[name];
  if (!proxy || bypassesProxy(new URL(url), env["no_proxy"] || env["NO_PROXY"] || "")) return undefined;
  return { [name]: proxy.includes("://") ? proxy : `http://${proxy}` };
};

/**
 * NO_PROXY as Go reads it (golang.org/x/net/http/httpproxy), since clusters are configured for Go. Node does not support 10.0.0.0/8,
 * does not apply `cluster.local` to its subdomains, and does not exclude localhost.
 */
const bypassesProxy = (url: URL, noProxy: string): boolean => {
  const host = url.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  const entries = noProxy.split(",").map((entry) => entry.trim().toLowerCase());
  return isLocal(host) || entries.some((entry) => entry !== "" && matches(entry, host, port));
};

const isLocal = (host: string): boolean => host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);

const matches = (entry: string, host: string, port: string): boolean => {
  if (entry === "*" || entry === host) return true;
  if (entry.includes("/")) return isIP(host) > 0 && rangeOf(entry).check(host, familyOf(host));
  const [, name = "", onlyPort = port] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  const domain = name.replace(/^\*?\./, "");
  return onlyPort === port && (host.endsWith(`.${domain}`) || host === name);
};

const familyOf = (address: string): "ipv4" | "ipv6" => (isIP(address) === 6 ? "ipv6" : "ipv4");

/** An invalid range matches nothing. */
const rangeOf = (cidr: string): BlockList => {
  const range = new BlockList();
  const [address = "", prefix = ""] = cidr.split("/");
  const fits = isIP(address) > 0 && /^\d+$/.test(prefix) && Number(prefix) <= (isIP(address) === 6 ? 128 : 32);
  if (fits) range.addSubnet(address, Number(prefix), familyOf(address));
  return range;
};
