// Calls to Keptn's API, with authentication, retries, and responses of the expected shape.
import type { Agent } from "node:http";
import { type Budget, leftMs, makeBudget, withinBudget } from "../budget.ts";
import type { Settings } from "../core/settings/settings.ts";
import { openEarly } from "../http/early-connection.ts";
import { type HttpAnswer, type HttpStream, readAll, request, stream } from "../http/http.ts";
import type { IoError } from "../io-error.ts";
import { retry } from "../retry.ts";
import { type Asked, makeFault, messageOf, readAnswer } from "./answer.ts";
import { type Credentials, makeTokenCredentials, type Proof } from "./credentials.ts";
import { type Gate, makeGate } from "./gate.ts";
import { makeKeptnAgent } from "./keptn-agent.ts";
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
interface Opening extends Repeating {
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
  open(opening: Opening): Promise<AsyncIterable<Buffer> | undefined>;
  /** Opens a connection for the first call in advance. Never throws. */
  openEarly(): void;
  /** The same API, with a time limit for all calls together, in addition to the limit of each call. */
  within(seconds: number): KeptnApi;
}

/** State of a connection. */
interface Wire {
  readonly base: string;
  readonly agent: Agent;
  readonly credentials: Credentials;
  readonly gate: Gate;
  readonly attemptMs: number;
}

/** A resource of 5 MB, the limit of Keptn's gateway, is 7 MB of base64. */
const maxAnswerBytes = 16 * 1024 * 1024;
/** Limit of an error response. */
const maxRefusalBytes = 64 * 1024;
/** Files pushed with Git may be larger than the limit of Keptn's gateway, and may take longer. */
const maxOpenMs = 15 * 60 * 1000;

/** @throws IoError if KEPTN_CA_FILE cannot be read */
export const connectApi = (settings: Settings): KeptnApi => {
  const base = (settings.KEPTN_API_ENDPOINT ?? "").replace(/\/+$/, "");
  const wire: Wire = {
    base,
    agent: makeKeptnAgent(base, settings),
    credentials: settings.OAUTH_CLIENT_ID ? lateOauth(settings) : makeTokenCredentials(settings),
    gate: makeGate(),
    attemptMs: settings.API_PROXY_HTTP_TIMEOUT * 1000,
  };
  const apiOf = (budget: () => Budget): KeptnApi => ({
    call: (call) => callWithin(wire, call, budget()),
    open: (opening) => openWithin(wire, opening, budget()),
    openEarly: () => openEarly(wire.agent, wire.base),
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

const callWithin = <T>(wire: Wire, call: Call<T>, budget: Budget): Promise<T> => {
  const asked = { name: `Keptn ${call.method ?? "GET"} ${call.path}`, changes: call.method !== undefined };
  return repeat({ wire, budget, ...call }, async (proof) =>
    judge({ ...asked, secrets: secretsOf(proof) }, await ask({ wire, call, proof, budget }), call),
  );
};

const openWithin = (wire: Wire, opening: Opening, budget: Budget): Promise<AsyncIterable<Buffer> | undefined> => {
  return repeat({ wire, budget, ...opening }, async (proof) => {
    const { status, headers, chunks } = await openAnswer(wire, opening.path, proof);
    if (status >= 200 && status <= 299) return chunks;
    const answer = { status, headers, body: await readAll(chunks, maxRefusalBytes) };
    if (isAbsent(answer, opening.absent)) return undefined;
    throw makeFault({ name: `Keptn GET ${opening.path}`, changes: false, secrets: secretsOf(proof) }, answer);
  });
};

const secretsOf = (proof: Proof): string[] => Object.values(proof).map((value) => value.replace(/^Bearer /, ""));

interface Attempts extends Repeating {
  readonly wire: Wire;
  readonly budget: Budget;
}

const repeat = <T>({ wire, budget, mayRepeat }: Attempts, act: (proof: Proof) => Promise<T>): Promise<T> => {
  let proof: Proof = {};
  let renewed = false;
  const attempt = async () => {
    proof = await withinBudget(wire.credentials.get(), budget);
    return act(proof);
  };
  const mayRepeatNow = async (fault: IoError): Promise<boolean> => {
    if (mayRepeat?.(fault) === false) return false;
    if (fault.httpStatus !== 401) return true;
    if (renewed) return false;
    renewed = true;
    return withinBudget(wire.credentials.renew(proof), budget);
  };
  return retry(() => wire.gate(attempt, budget), { budget, mayRepeat: mayRepeatNow });
};

const judge = <T>(asked: Asked, answer: HttpAnswer, { shape, absent }: Call<T>): T => {
  if (answer.status >= 200 && answer.status <= 299) return readAnswer(asked, answer, shape);
  if (absent && isAbsent(answer, absent.messages)) return absent.value;
  throw makeFault(asked, answer);
};

const isAbsent = (answer: HttpAnswer, messages: readonly string[]): boolean =>
  answer.status === 404 && messages.includes(messageOf(answer) ?? "");

interface Question {
  readonly wire: Wire;
  readonly call: Call<unknown>;
  readonly proof: Proof;
  readonly budget: Budget;
}

const ask = ({ wire, call, proof, budget }: Question): Promise<HttpAnswer> =>
  request({
    agent: wire.agent,
    method: call.method ?? "GET",
    url: `${wire.base}/${call.path}`,
    headers: { accept: "application/json", "content-type": "application/json", ...proof },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    timeoutMs: Math.min(wire.attemptMs, leftMs(budget)),
    maxBytes: call.maxBytes ?? maxAnswerBytes,
  });

/** A file may take long, as long as data keeps arriving. */
const openAnswer = (wire: Wire, path: string, proof: Proof): Promise<HttpStream> =>
  stream({
    agent: wire.agent,
    method: "GET",
    url: `${wire.base}/${path}`,
    headers: { accept: "application/json", ...proof },
    timeoutMs: maxOpenMs,
    silenceMs: wire.attemptMs,
    maxBytes: Number.MAX_SAFE_INTEGER,
  });
