// What a function answers to a delivery, as style.md's table has it.
import { IoError } from "../io/io-error.ts";
import type { Log } from "./ports.ts";

/** 204: done, or nothing to do. 400: can never be understood. 503: try again. 500: a bug. */
export interface Answer {
  readonly statusCode: 204 | 400 | 500 | 503;
  readonly why: string;
  readonly retryAfterSeconds?: number;
  /** What is left to do once it was answered: nobody waits for it, and nobody repeats it. */
  readonly after?: () => Promise<void>;
}

export const done = (why: string): Answer => ({ statusCode: 204, why });

/**
 * Runs a handler and turns what it throws into an answer: Brokers retry 5xx, so nothing permanent may answer one.
 * @param about fields of the lines that are logged, e.g. the event's id
 */
export const answerFor = async (
  log: Log,
  handle: () => Promise<Answer>,
  about: { readonly event?: string } = {},
): Promise<Answer> => {
  try {
    return await handle();
  } catch (fault) {
    if (!(fault instanceof IoError)) {
      const stack = fault instanceof Error ? fault.stack : String(fault);
      log({ level: "error", message: "a bug", stack, ...about });
      return { statusCode: 500, why: "a bug; the log has the stack" };
    }
    if (!fault.retryable) {
      log({ level: "error", message: fault.message, ...about });
      return done(fault.message);
    }
    log({ level: "warn", message: `to be tried again: ${fault.message}`, ...about });
    const { retryAfterSeconds } = fault;
    return { statusCode: 503, why: fault.message, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
  }
};

/** Does what is left after an answer. A fault of the world only costs time: the sweep goes on. Never throws. */
export const finishAfter = async (
  log: Log,
  { after }: Answer,
  about: { readonly event?: string } = {},
): Promise<void> => {
  try {
    await after?.();
  } catch (fault) {
    if (fault instanceof IoError)
      return log({ level: "warn", message: `left to the sweep: ${fault.message}`, ...about });
    log({ level: "error", message: "a bug", stack: fault instanceof Error ? fault.stack : String(fault), ...about });
  }
};
