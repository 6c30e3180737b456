// Parses Keptn's responses: data of the expected shape, or an error that tells whether to retry.
import { parseJson } from "../core/json/exact-json.ts";
import { type HttpResponse, retryAfterOf } from "../http/http.ts";
import { IoError } from "../io-error.ts";
import type { Shape } from "./shape.ts";

/** The request's name for messages, e.g. `POST v1/event`, and whether it changes anything. */
export interface RequestInfo {
  readonly name: string;
  readonly changes: boolean;
  /** Removed from messages, in case the response repeats them. */
  readonly secrets: readonly string[];
}

/** @throws IoError if the body is not JSON or has another shape, so that it is not from Keptn */
export const readResponse = <T>(about: RequestInfo, response: HttpResponse, shape: Shape<T>): T => {
  const json = readJson(response.body);
  // A shape may allow undefined for absent objects; a body that is not JSON is not one of those.
  const parsed = json === undefined ? undefined : shape.safeParse(json);
  if (parsed?.success) return parsed.data;
  const what = json === undefined ? `${kindOf(response)} instead of JSON` : "JSON of an unexpected shape";
  throw new IoError(`${about.name}: answered ${response.status} with ${what}.`, {
    retryable: true,
    outcomeUnknown: about.changes,
    httpStatus: response.status,
  });
};

/** Keptn's own words in `{"code":404,"message":"..."}`; the gateway sends it as text/plain. */
export const messageOf = (response: HttpResponse): string | undefined => {
  const json = readJson(response.body);
  const message = typeof json === "object" && json !== null ? (json as { message?: unknown }).message : undefined;
  return typeof message === "string" ? message : undefined;
};

export const makeFault = (about: RequestInfo, response: HttpResponse): IoError => {
  const { status } = response;
  const message = hide(messageOf(response), about.secrets);
  return new IoError(`${about.name}: ${status}, ${message?.slice(0, 300) ?? kindOf(response)}.`, {
    retryable: isPassing(status, message),
    outcomeUnknown: about.changes && leavesOpen(status, message),
    httpStatus: status,
    retryAfterSeconds: retryAfterOf(response.headers),
  });
};

const hide = (message: string | undefined, secrets: readonly string[]): string | undefined =>
  secrets.reduce((text, secret) => text?.replaceAll(secret, "***"), message);

/** 401: credentials may be rotating. 424: Keptn could not reach its Git upstream. 429: its gateway could not authenticate us. */
const isPassing = (status: number, message: string | undefined): boolean =>
  [401, 408, 424, 425, 429].includes(status) || (status >= 500 && !isTooLarge(message));

/** 502 and 504: a gateway lost the request. 500: the failure may have come after the effect. */
const leavesOpen = (status: number, message: string | undefined): boolean =>
  status === 408 || (status >= 500 && status !== 503 && !isTooLarge(message));

/** An event over NATS' limit: a permanent 500 (Keptn api/handlers/event.go, sendInternalErrorForPost). */
const isTooLarge = (message: string | undefined): boolean => message?.includes("maximum payload exceeded") ?? false;

const readJson = (body: Buffer): unknown => {
  try {
    return parseJson(body.toString("utf8"));
  } catch {
    return undefined;
  }
};

const kindOf = ({ headers, body }: HttpResponse): string =>
  body.length === 0 ? "an empty body" : (headers["content-type"] ?? "a body of no stated type");
