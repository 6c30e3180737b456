// Calls to Keptn's API, with authentication, retries, and responses of the expected shape.
import type { Agent } from "node:http";
import { type Budget, leftMs, makeBudget, withinBudget } from "../budget.ts";
import type { Settings } from "../core/settings/settings.ts";
import { type HttpResponse, readAll, request, stream } from "../http/http.ts";
import { preconnect } from "../http/preconnect.ts";
import type { IoError } from "../io-error.ts";
import { retry } from "../retry.ts";
import { type AuthHeaders, type Credentials, makeTokenCredentials } from "./credentials.ts";
import { makeKeptnAgent } from "./keptn-agent.ts";
import { makeFault, messageOf, readResponse } from "./response.ts";
import { type Serialize, serializeAfter401 } from "./serialize-after-401.ts";
import type { Shape } from "./shape.ts";

interface Call<T> extends Repeating {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  /** Relative to KEPTN_API_ENDPOINT, without a leading slash, with encoded segments. */
  readonly path: string;
  readonly body?: unknown;
  readonly shape: Shape<T>;
  /** Limit of the response; the default is more than any needs. */
  readonly maxBytes?: number;
  /** A 404 with one of these messages returns this value. */
  readonly absent?: { readonly messages: readonly string[]; readonly value: T };
}

/** A GET with a streamed response. */
interface StreamRequest extends Repeating {
  readonly path: string;
  /** A 404 with one of these messages returns undefined. */
  readonly absent: readonly string[];
}

interface Repeating {
  /** Which retryable failures are retried here; by default all. */
  readonly mayRepeat?: (fault: IoError) => boolean;
}

export interface KeptnApi {
  /** @throws IoError unless the response is a 2xx of this shape */
  call<T>(call: Call<T>): Promise<T>;
  /** Bytes of a response of any size. No retries after the first byte. @throws IoError, also while reading */
  open(wanted: StreamRequest): Promise<AsyncIterable<Buffer> | undefined>;
  /** Opens a connection for the first call in advance. Never throws. */
  preconnect(): void;
  /** The same API, with a time limit for all calls together, in addition to the limit of each call. */
  within(seconds: number): KeptnApi;
}

/** State of a connection. */
interface Connection {
  readonly base: string;
  readonly agent: Agent;
  readonly credentials: Credentials;
  readonly serialize: Serialize;
  readonly attemptMs: number;
}

/** A resource of 5 MB, the limit of Keptn's gateway, is 7 MB of base64. */
const maxResponseBytes = 16 * 1024 * 1024;
/** Limit of an error response. */
const maxRefusalBytes = 64 * 1024;
/** Files pushed with Git may be larger than the limit of Keptn's gateway, and may take longer. */
const maxOpenMs = 15 * 60 * 1000;

/** @throws IoError if KEPTN_CA_FILE cannot be read */
export const connectApi = (settings: Settings): KeptnApi => {
  const base = (settings.KEPTN_API_ENDPOINT ?? "").replace(/\/+$/, "");
  const connection: Connection = {
    base,
    agent: makeKeptnAgent(base, settings),
    credentials: settings.OAUTH_CLIENT_ID ? lateOauth(settings) : makeTokenCredentials(settings),
    serialize: serializeAfter401(),
    attemptMs: settings.API_PROXY_HTTP_TIMEOUT * 1000,
  };
  const apiOf = (budget: () => Budget): KeptnApi => ({
    call: (call) => callWithin(connection, call, budget()),
    open: (wanted) => openWithin(connection, wanted, budget()),
    preconnect: () => preconnect(connection.agent, connection.base),
    within: (seconds) => {
      const shared = makeBudget(seconds);
      return apiOf(() => makeBudget(settings.KEPTN_RETRY_SECONDS, shared));
    },
  });
  return apiOf(() => makeBudget(settings.KEPTN_RETRY_SECONDS));
};

/** Loads the OAuth client only if needed. */
const lateOauth = (settings: Settings): Credentials => {
  let made: Promise<Credentials> | undefined;
  const load = (): Promise<Credentials> => {
    made ??= import("./oauth.ts").then(({ makeOauthCredentials }) => makeOauthCredentials(settings));
    return made;
  };
  return { get: async () => (await load()).get(), renew: async (refused) => (await load()).renew(refused) };
};

const callWithin = <T>(connection: Connection, call: Call<T>, budget: Budget): Promise<T> =>
  repeat({ connection, budget, ...call }, async (authHeaders) => {
    const { method = "GET", path, absent } = call;
    const response = await request({
      agent: connection.agent,
      method,
      url: `${connection.base}/${path}`,
      headers: { accept: "application/json", "content-type": "application/json", ...authHeaders },
      body: JSON.stringify(call.body), // undefined without a body
      timeoutMs: Math.min(connection.attemptMs, leftMs(budget)),
      maxBytes: call.maxBytes ?? maxResponseBytes,
    });
    const about = {
      name: `Keptn ${method} ${path}`,
      changes: call.method !== undefined,
      secrets: secretsOf(authHeaders),
    };
    if (isSuccess(response)) return readResponse(about, response, call.shape);
    if (absent && isAbsent(response, absent.messages)) return absent.value;
    throw makeFault(about, response);
  });

/** A file may take long, as long as data keeps arriving. */
const openWithin = (
  connection: Connection,
  wanted: StreamRequest,
  budget: Budget,
): Promise<AsyncIterable<Buffer> | undefined> =>
  repeat({ connection, budget, ...wanted }, async (authHeaders) => {
    const streamed = await stream({
      agent: connection.agent,
      method: "GET",
      url: `${connection.base}/${wanted.path}`,
      headers: { accept: "application/json", ...authHeaders },
      timeoutMs: maxOpenMs,
      silenceMs: connection.attemptMs,
      maxBytes: Number.MAX_SAFE_INTEGER,
    });
    if (isSuccess(streamed)) return streamed.chunks;
    const response = { ...streamed, body: await readAll(streamed.chunks, maxRefusalBytes) };
    if (isAbsent(response, wanted.absent)) return undefined;
    throw makeFault({ name: `Keptn GET ${wanted.path}`, changes: false, secrets: secretsOf(authHeaders) }, response);
  });

const isSuccess = ({ status }: { readonly status: number }): boolean => status >= 200 && status <= 299;

const isAbsent = (response: HttpResponse, messages: readonly string[]): boolean =>
  response.status === 404 && messages.includes(messageOf(response) ?? "");

const secretsOf = (authHeaders: AuthHeaders): string[] =>
  Object.values(authHeaders).map((value) => value.replace(/^Bearer /, ""));

interface Attempts extends Repeating {
  readonly connection: Connection;
  readonly budget: Budget;
}

const repeat = <T>(
  { connection, budget, mayRepeat }: Attempts,
  act: (authHeaders: AuthHeaders) => Promise<T>,
): Promise<T> => {
  let authHeaders: AuthHeaders = {};
  let renewed = false;
  const attempt = async () => {
    authHeaders = await withinBudget(connection.credentials.get(), budget);
    return act(authHeaders);
  };
  const mayRepeatNow = async (fault: IoError): Promise<boolean> => {
    if (mayRepeat?.(fault) === false) return false;
    if (fault.httpStatus !== 401) return true;
    if (renewed) return false;
    renewed = true;
    return withinBudget(connection.credentials.renew(authHeaders), budget);
  };
  return retry(() => connection.serialize(attempt, budget), { budget, mayRepeat: mayRepeatNow });
};
