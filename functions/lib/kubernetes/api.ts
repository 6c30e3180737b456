// Requests to the API server: client-node provides address and credentials; objects stay plain JSON.
import type { Agent, IncomingHttpHeaders } from "node:http";
import { makeBudget } from "../budget.ts";
import { type HttpStream, request, stream } from "../http/http.ts";
import { preconnect } from "../http/preconnect.ts";
import { IoError } from "../io-error.ts";
import { retry } from "../retry.ts";
import { type Access, loadKubeConfig } from "./kubeconfig.ts";
import { type Connection, openConnection, serverOf } from "./wire.ts";

export interface Call {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Including the query, e.g. `/apis/batch/v1/namespaces/default/jobs?labelSelector=...`. */
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  /** Instead of application/json: another JSON form of the object. */
  readonly accept?: string;
  /** Statuses that are not errors. */
  readonly expected?: readonly number[];
  /** The object of a 2xx is not needed, so it is not parsed. */
  readonly unread?: true;
  /** Limit of the response body, if smaller than usual. */
  readonly maxBytes?: number;
}

interface ApiResponse<T> {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: T;
  /** Size of the raw body. */
  readonly bytes: number;
}

export interface KubernetesApi {
  /** @throws IoError unless the status is 2xx or expected */
  call<T>(call: Call): Promise<ApiResponse<T>>;
  /** @throws IoError like `call`, and while reading the chunks */
  stream(call: Call): Promise<HttpStream>;
  /** Opens a connection for the first call in advance. Never throws. */
  preconnect(): void;
  /** The pod's own namespace, or the context's. */
  readonly namespace: string;
  /** Address of the API server. */
  readonly server: string;
}

/** For a request with its retries; well below CLAIM_LEASE_SECONDS. */
const usualBudgetSeconds = 15;
const attemptMs = 10_000;
/** A list of 500 Jobs with their managedFields is about 5 MB. */
const maxAnswerBytes = 64 * 1024 * 1024;

/** Does not open a connection yet. @throws Error like {@link loadKubeConfig} */
export const connectApi = (access: Access = {}): KubernetesApi => {
  const { budgetSeconds = usualBudgetSeconds } = access;
  const config = loadKubeConfig(access);
  let connection: Promise<Connection> | undefined;
  const open = () => {
    connection ??= openConnection(config);
    return connection;
  };
  return {
    call: async <T>(call: Call) => {
      const response = await retry(async () => attempt<T>(await open(), call), { budget: makeBudget(budgetSeconds) });
      return response;
    },
    stream: async (call) => {
      const { server, agent, headers } = await open();
      const response = await stream({
        ...requestOf(call, { server, agent, headers: await headers() }),
        maxBytes: maxAnswerBytes,
      });
      if (response.status < 300) return response;
      const said: Buffer[] = [];
      for await (const chunk of response.chunks) said.push(chunk);
      throw faultOf(call, response.status, { text: Buffer.concat(said).toString(), headers: response.headers });
    },
    preconnect: () => {
      open()
        .then(({ agent, server }) => preconnect(agent, server))
        .catch(() => {}); // the first call reports the error
    },
    namespace: config.getContextObject(config.currentContext)?.namespace ?? "default",
    server: serverOf(config),
  };
};

const requestOf = (call: Call, connection: { server: string; agent: Agent; headers: Record<string, string> }) => ({
  agent: connection.agent,
  method: call.method,
  url: connection.server + call.path,
  headers: {
    ...connection.headers,
    accept: call.accept ?? "application/json",
    ...(call.body === undefined ? {} : { "content-type": call.contentType ?? "application/json" }),
  },
  ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
  timeoutMs: attemptMs,
});

const attempt = async <T>(connection: Connection, call: Call): Promise<ApiResponse<T>> => {
  const wanted = requestOf(call, { ...connection, headers: await connection.headers() });
  const { status, headers, body } = await request({ ...wanted, maxBytes: call.maxBytes ?? maxAnswerBytes });
  const text = body.toString();
  if (status > 299 && !call.expected?.includes(status)) throw faultOf(call, status, { text, headers });
  return { status, headers, bytes: body.length, body: (isOfUse(call, status, text) ? parse(call, text) : {}) as T };
};

/** Expected error statuses may have a text body: "404 page not found" for a kind that is not installed. */
const isOfUse = ({ unread }: Call, status: number, text: string): boolean =>
  text.startsWith("{") ? !(unread && status < 300) : status < 300;

const parse = (call: Call, text: string): unknown => {
  try {
    return text === "" ? {} : JSON.parse(text);
  } catch (cause) {
    throw new IoError(`Kubernetes ${call.method} ${call.path}: the response is not JSON.`, { retryable: true, cause });
  }
};

/** Retryable: 401, since the token may be rotating, and 404, since the namespace may not exist yet. Other 4xx are permanent. */
const faultOf = (
  call: Call,
  status: number,
  { text, headers }: { text: string; headers: Record<string, unknown> },
): IoError => {
  const retryAfter = Number(headers["retry-after"]);
  return new IoError(`Kubernetes ${call.method} ${call.path}: ${status} ${messageOf(text)}`, {
    retryable: status >= 500 || [401, 408, 409, 429].includes(status),
    httpStatus: status,
    ...(Number.isFinite(retryAfter) ? { retryAfterSeconds: retryAfter } : {}),
  });
};

/** The message of a metav1.Status, or the shortened body. */
const messageOf = (text: string): string => {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    if (typeof message === "string") return message;
  } catch {
    // not JSON: a proxy's page
  }
  return text.slice(0, 200);
};
