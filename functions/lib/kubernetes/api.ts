// Requests to the API server: client-node provides address and credentials; objects stay plain JSON.
import type { IncomingHttpHeaders } from "node:http";
import { makeBudget } from "../budget.ts";
import { type HttpResponse, type HttpStream, readAll, request, stream } from "../http/http.ts";
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
  readonly accept?: string | undefined;
  /** Statuses that are not errors. */
  readonly expected?: readonly number[];
  /** The object of a 2xx is not needed, so it is not parsed. */
  readonly unread?: true;
  /** Limit of the response body, if smaller than usual. */
  readonly maxBytes?: number | undefined;
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

const attemptMs = 10_000;
/** A list of 500 Jobs with their managedFields is about 5 MB. */
const maxAnswerBytes = 64 * 1024 * 1024;

/** Does not open a connection yet. @throws Error like {@link loadKubeConfig} */
export const connectApi = (access: Access = {}): KubernetesApi => {
  const { budgetSeconds = 15 } = access;
  const config = loadKubeConfig(access);
  let connection: Promise<Connection> | undefined;
  const open = () => {
    connection ??= openConnection(config);
    return connection;
  };
  return {
    call: <T>(call: Call) => retry(async () => attempt<T>(await open(), call), { budget: makeBudget(budgetSeconds) }),
    stream: async (call) => {
      const response = await stream({ ...(await requestOf(await open(), call)), maxBytes: maxAnswerBytes });
      if (response.status < 300) return response;
      throw faultOf(call, { ...response, body: await readAll(response.chunks) });
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

const requestOf = async ({ server, agent, headers }: Connection, call: Call) => ({
  agent,
  method: call.method,
  url: server + call.path,
  headers: {
    ...(await headers()),
    accept: call.accept ?? "application/json",
    ...(call.body === undefined ? {} : { "content-type": call.contentType ?? "application/json" }),
  },
  body: JSON.stringify(call.body), // undefined without a body
  timeoutMs: attemptMs,
  maxBytes: call.maxBytes ?? maxAnswerBytes,
});

const attempt = async <T>(connection: Connection, call: Call): Promise<ApiResponse<T>> => {
  const response = await request(await requestOf(connection, call));
  const { status, headers, body } = response;
  if (status > 299 && !call.expected?.includes(status)) throw faultOf(call, response);
  const text = body.toString();
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

/** 401 is retryable, since the token may be rotating. */
const faultOf = ({ method, path }: Call, { status, headers, body }: HttpResponse): IoError => {
  const retryAfter = Number(headers["retry-after"]);
  return new IoError(`Kubernetes ${method} ${path}: ${status} ${messageOf(body.toString())}`, {
    retryable: status >= 500 || [401, 408, 409, 429].includes(status),
    httpStatus: status,
    retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : undefined,
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
