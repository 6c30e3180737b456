// Errors of failed HTTP requests, and whether the request may have taken effect.
import type { IncomingMessage } from "node:http";
import { IoError } from "../io-error.ts";
import type { HttpRequest } from "./http-request.ts";

export const tooLarge = (wanted: HttpRequest): IoError =>
  new IoError(`${nameOf(wanted)}: the response has more than ${wanted.maxBytes} bytes.`, {
    retryable: false,
    tooLarge: true,
    outcomeUnknown: isEffective(wanted),
  });

export const redirected = (wanted: HttpRequest, response: IncomingMessage): IoError =>
  new IoError(
    `${nameOf(wanted)}: answered ${response.statusCode}, a redirect${targetOf(response)}; redirects are not followed.`,
    { retryable: true, httpStatus: response.statusCode },
  );

interface Failure {
  readonly cause: unknown;
  readonly timedOut: boolean;
  readonly sent: boolean;
}

export const faultOf = (wanted: HttpRequest, { cause, timedOut, sent }: Failure): IoError => {
  const missing = sent ? "complete response" : "connection";
  const why = wanted.signal?.aborted
    ? `canceled without a ${missing}`
    : timedOut
      ? `no ${missing} within ${wanted.timeoutMs} ms`
      : reasonOf(cause);
  const outcomeUnknown = sent && isEffective(wanted);
  return new IoError(`${nameOf(wanted)}: ${why}.`, { retryable: true, outcomeUnknown, cause });
};

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/** GET and HEAD change nothing (RFC 9110, section 9.2.1). */
const isEffective = (wanted: HttpRequest): boolean => wanted.method !== "GET" && wanted.method !== "HEAD";

/** Without user name and password, which a URL may contain. */
const nameOf = (wanted: HttpRequest): string => `${wanted.method} ${withoutUser(wanted.url)}`;

const withoutUser = (url: string): string => url.replace(/^(\w+:\/\/)[^/@]*@/, "$1");

/** Without the query, which may contain secrets for a login page. */
const targetOf = (response: IncomingMessage): string => {
  const location = response.headers.location;
  return location ? ` to ${withoutUser(location).replace(/[?#].*$/s, "")}` : "";
};
