// Where the API server is and who we are, as a kubeconfig or a pod's service account says.
import { type Agent, Agent as HttpAgent } from "node:http";
import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { loadHttps } from "../http-agent.ts";

/** Where the API server is, and how to speak to it. */
export interface Wire {
  readonly server: string;
  readonly agent: Agent;
  readonly headers: () => Promise<Record<string, string>>;
}

export const serverOf = (config: KubeConfig): string =>
  config.getCurrentCluster()?.server.replace(/\/$/, "") ?? "http://localhost:8080";

/** No connection is opened yet. */
export const connectWire = async (config: KubeConfig): Promise<Wire> => {
  const server = serverOf(config);
  const options: Parameters<KubeConfig["applyToHTTPSOptions"]>[0] = {};
  await config.applyToHTTPSOptions(options);
  const { ca, cert, key, rejectUnauthorized, servername } = options as HttpsOptions;
  const tls = Object.fromEntries(
    Object.entries({ ca, cert, key, rejectUnauthorized, servername }).filter(([, v]) => v !== undefined),
  );
  const keep = { keepAlive: true, timeout: 30_000, maxSockets: 32 };
  return {
    server,
    agent: server.startsWith("https:") ? new (loadHttps().Agent)({ ...keep, ...tls }) : new HttpAgent(keep),
    headers: askSometimes(async () => {
      const fresh: { headers?: Record<string, string> } = {};
      await config.applyToHTTPSOptions(fresh as Parameters<KubeConfig["applyToHTTPSOptions"]>[0]);
      return fresh.headers ?? {};
    }),
  };
};

/**
 * A service account's token is rotated, of which client-node takes note once a minute: there is no need to ask it for each request.
 * In a pod it would read the certificate authority's file each time.
 */
const askedAgainMs = 1000;

/** @returns asks, or gives what was answered within the last second; a failure is not kept */
const askSometimes = <T>(ask: () => Promise<T>): (() => Promise<T>) => {
  let last: { readonly atMs: number; readonly answer: Promise<T> } | undefined;
  return () => {
    if (last && performance.now() - last.atMs < askedAgainMs) return last.answer;
    const asking = { atMs: performance.now(), answer: ask() };
    last = asking;
    asking.answer.catch(() => {
      if (last === asking) last = undefined;
    });
    return asking.answer;
  };
};

interface HttpsOptions {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly rejectUnauthorized?: boolean;
  readonly servername?: string;
}
