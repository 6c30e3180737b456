// What the world did: a fault of Kubernetes, Keptn or the network. It names the object and says whether to try again.

export interface Fault {
  /** Trying again may help: no answer, 5xx, 429, 401 while credentials rotate. */
  readonly retryable: boolean;
  /** The request may have taken effect although no good answer came. */
  readonly maybeDone?: boolean;
  /** What the server asked for (Retry-After). */
  readonly retryAfterSeconds?: number;
  /** HTTP status, where there was one. Not called `code`: faas-js-runtime would answer with it. */
  readonly httpStatus?: number;
  /** The answer had more bytes than the caller has room for. */
  readonly tooLarge?: boolean;
  readonly cause?: unknown;
}

/** @returns what the act gave, or the fault that trying again will not mend. @throws every other fault */
export const unlessRefused = async <T>(
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
  readonly maybeDone: boolean;
  readonly retryAfterSeconds: number | undefined;
  readonly httpStatus: number | undefined;
  readonly tooLarge: boolean;

  constructor(message: string, fault: Fault) {
    super(message, fault.cause === undefined ? undefined : { cause: fault.cause });
    this.retryable = fault.retryable;
    this.maybeDone = fault.maybeDone ?? false;
    this.retryAfterSeconds = fault.retryAfterSeconds;
    this.httpStatus = fault.httpStatus;
    this.tooLarge = fault.tooLarge ?? false;
  }
}

/** The same fault, of something that may have taken effect. */
export const markMaybeDone = (fault: IoError): IoError =>
  fault.maybeDone
    ? fault
    : new IoError(fault.message, {
        retryable: fault.retryable,
        maybeDone: true,
        ...(fault.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: fault.retryAfterSeconds }),
        ...(fault.httpStatus === undefined ? {} : { httpStatus: fault.httpStatus }),
        tooLarge: fault.tooLarge,
        cause: fault.cause,
      });
