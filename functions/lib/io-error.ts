// Errors of Kubernetes, Keptn or the network. They name the object, and tell whether to retry.

export interface Fault {
  /** A retry may help: no response, 5xx, 429, 401 while credentials rotate. */
  readonly retryable: boolean;
  /** The request may have taken effect although there was no successful response. */
  readonly outcomeUnknown?: boolean;
  /** The server's Retry-After. */
  readonly retryAfterSeconds?: number | undefined;
  /** HTTP status, if any. Not named `code`, because faas-js-runtime would respond with it. */
  readonly httpStatus?: number | undefined;
  /** The response was larger than the caller's limit. */
  readonly tooLarge?: boolean;
  readonly cause?: unknown;
}

/** @returns the result, or an error that a retry cannot fix @throws all other errors */
export const catchPermanent = async <T>(
  act: () => Promise<T>,
): Promise<{ readonly done: T } | { readonly refusal: IoError }> => {
  try {
    return { done: await act() };
  } catch (fault) {
    if (fault instanceof IoError && !fault.retryable) return { refusal: fault };
    throw fault;
  }
};

export class IoError extends Error {
  override readonly name = "IoError";
  readonly retryable: boolean;
  readonly outcomeUnknown: boolean;
  readonly retryAfterSeconds: number | undefined;
  readonly httpStatus: number | undefined;
  readonly tooLarge: boolean;

  constructor(message: string, fault: Fault) {
    super(message, fault.cause === undefined ? undefined : { cause: fault.cause });
    this.retryable = fault.retryable;
    this.outcomeUnknown = fault.outcomeUnknown ?? false;
    this.retryAfterSeconds = fault.retryAfterSeconds;
    this.httpStatus = fault.httpStatus;
    this.tooLarge = fault.tooLarge ?? false;
  }
}

/** The same error, marked as possibly having taken effect. */
export const markOutcomeUnknown = (fault: IoError): IoError =>
  fault.outcomeUnknown ? fault : new IoError(fault.message, { ...fault, outcomeUnknown: true, cause: fault.cause }); // `cause` is not enumerable
