// Connections that are kept open, with the TLS and the proxies that the settings ask for.
import { type Agent, type AgentOptions, Agent as HttpAgent } from "node:http";
import { BlockList, isIP } from "node:net";

export interface Connection {
  readonly url: string;
  /** PEM. Trusted instead of the certificate authorities that Node brings along. */
  readonly ca?: string | Buffer;
  /** false: any certificate is taken. */
  readonly verifyTls?: boolean;
  /** Of it, HTTP_PROXY, HTTPS_PROXY, NO_PROXY and their lower-case forms are read. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Only where it is spoken: TLS costs 6 MiB and some 5 ms of a start. */
export const loadHttps = () => process.getBuiltinModule("node:https");

/** An idle connection is dropped before a server's usual 60 s: a request on one that just went cannot be told from one that was lost. */
export const idleMs = 15_000;

export const makeAgent = ({ url, ca, verifyTls, env }: Connection): Agent => {
  const proxyEnv = proxyEnvOf(url, env ?? {});
  const options: AgentOptions = { keepAlive: true, timeout: idleMs, ...(proxyEnv ? { proxyEnv } : {}) };
  if (!url.startsWith("https:")) return new HttpAgent(options);
  return new (loadHttps().Agent)({ ...options, ...(ca ? { ca } : {}), rejectUnauthorized: verifyTls !== false });
};

/** What Node's agent is told of a proxy: NO_PROXY is decided here, and `proxy:3128` means http://proxy:3128. */
const proxyEnvOf = (url: string, env: Readonly<Record<string, string | undefined>>) => {
  const name = url.startsWith("https:") ? "HTTPS_PROXY" : "HTTP_PROXY";
  const proxy = env[name.toLowerCase()] || env[name];
  if (!proxy || bypassesProxy(new URL(url), env["no_proxy"] || env["NO_PROXY"] || "")) return undefined;
  return { [name]: proxy.includes("://") ? proxy : `http://${proxy}` };
};

/**
 * NO_PROXY as Go reads it (golang.org/x/net/http/httpproxy), which clusters are set up for: Node's own reading knows
 * neither 10.0.0.0/8 nor that `cluster.local` means all below it, nor that this machine itself needs no proxy.
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

/** An entry that is no range matches nothing. */
const rangeOf = (cidr: string): BlockList => {
  const range = new BlockList();
  const [address = "", prefix = ""] = cidr.split("/");
  const fits = isIP(address) > 0 && /^\d+$/.test(prefix) && Number(prefix) <= (isIP(address) === 6 ? 128 : 32);
  if (fits) range.addSubnet(address, Number(prefix), familyOf(address));
  return range;
};
