// Address and credentials of the API server, from a kubeconfig or a pod's service account.
import { type Agent, Agent as HttpAgent } from "node:http";
import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { loadHttps } from "../http/agent.ts";

/** Address, agent and credentials. */
export interface Connection {
  readonly server: string;
  readonly agent: Agent;
  readonly headers: () => Promise<Record<string, string>>;
}

export const serverOf = (config: KubeConfig): string =>
  config.getCurrentCluster()?.server.replace(/\/$/, "") ?? "http://localhost:8080";

/** Does not open a connection yet. */
export const openConnection = async (config: KubeConfig): Promise<Connection> => {
  const server = serverOf(config);
  const readOptions = async (): Promise<HttpsOptions> => {
    const options: HttpsOptions = {};
    await config.applyToHTTPSOptions(options as Parameters<KubeConfig["applyToHTTPSOptions"]>[0]);
    return options;
  };
  const { ca, cert, key, rejectUnauthorized, servername } = await readOptions();
  const tls = Object.fromEntries(
    Object.entries({ ca, cert, key, rejectUnauthorized, servername }).filter(([, v]) => v !== undefined),
  );
  const keep = { keepAlive: true, timeout: 30_000, maxSockets: 32 };
  return {
    server,
    agent: server.startsWith("https:") ? new (loadHttps().Agent)({ ...keep, ...tls }) : new HttpAgent(keep),
    headers: askSometimes(async () => (await readOptions()).headers ?? {}),
  };
};

/**
 * client-node checks for a rotated service account token once a minute, so asking it for each request is not necessary. In a pod, it
 * would also read the CA file each time.
 */
const askedAgainMs = 1000;

/** @returns a function that caches the result for a second; failures are not cached */
const askSometimes = <T>(ask: () => Promise<T>): (() => Promise<T>) => {
  let last: { readonly atMs: number; readonly response: Promise<T> } | undefined;
  return () => {
    if (last && performance.now() - last.atMs < askedAgainMs) return last.response;
    const asking = { atMs: performance.now(), response: ask() };
    last = asking;
    asking.response.catch(() => {
      if (last === asking) last = undefined;
    });
    return asking.response;
  };
};

interface HttpsOptions {
  readonly headers?: Record<string, string>;
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly rejectUnauthorized?: boolean;
  readonly servername?: string;
}
