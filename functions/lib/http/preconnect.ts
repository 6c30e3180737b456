// Opens a connection in advance, while the first event is still arriving or being parsed.
import type { Agent, AgentOptions, ClientRequestArgs } from "node:http";
import { isIP, type Socket } from "node:net";
import { idleMs } from "./agent.ts";

/**
 * The agent's first request gets this connection. If it could not be opened or has closed, the request opens its own as usual, and
 * reports any error.
 */
export const preconnect = (agent: Agent, url: string): void => {
  const { options } = agent as Agent & { readonly options: AgentOptions };
  if (options.proxyEnv) return;
  const create = agent.createConnection;
  const pending = open(() => create.call(agent, { ...options, ...targetOf(url) }) as Socket, url).catch(
    () => undefined,
  );
  agent.createConnection = (wanted, done) => {
    agent.createConnection = create;
    void pending.then((socket) => {
      const isThere = socket !== undefined && !socket.destroyed;
      done?.(null, isThere ? ownTimeNoLonger(socket) : (create.call(agent, wanted) as Socket));
    });
    return undefined;
  };
};

/** @returns once it is established, including TLS */
const open = (connect: () => Socket, url: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect();
    socket.once(url.startsWith("https:") ? "secureConnect" : "connect", () => resolve(socket));
    socket.on("error", reject);
    socket.setTimeout(idleMs, () => socket.destroy());
  });

const ownTimeNoLonger = (socket: Socket): Socket => socket.setTimeout(0).removeAllListeners("timeout");

/** As an agent derives it from a request's URL. */
const targetOf = (url: string): ClientRequestArgs => {
  const { protocol, hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  const isSecure = protocol === "https:";
  return { host, port: port || (isSecure ? 443 : 80), ...(isSecure && isIP(host) === 0 ? { servername: host } : {}) };
};
