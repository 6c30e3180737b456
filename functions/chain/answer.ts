// What a function answers to a delivery, as style.md's table has it.
import { IoError } from "../io/io-error.ts";
import type { Log } from "./ports.ts";

/** 204: done, or nothing to do. 400: can never be understood. 503: try again. 500: a bug. */
export interface Answer {
  readonly statusCode: 204 | 400 | 500 | 503;
  readonly why: string;
  readonly retryAfterSeconds?: number;
}

export const done = (why: string): Answer => ({ statusCode: 204, why });

/** Runs a handler and turns what it throws into an answer: Brokers retry 5xx, so nothing permanent may answer one. */
export const answerFor = async (log: Log, handle: () => Promise<Answer>): Promise<Answer> => {
  try {
    return await handle();
  } catch (fault) {
    if (!(fault instanceof IoError)) {
      log({ level: "error", message: "a bug", stack: fault instanceof Error ? fault.stack : String(fault) });
      return { statusCode: 500, why: "a bug; the log has the stack" };
    }
    if (!fault.retryable) {
      log({ level: "error", message: fault.message });
      return done(fault.message);
    }
    log({ level: "warn", message: `to be tried again: ${fault.message}` });
    const { retryAfterSeconds } = fault;
    return { statusCode: 503, why: fault.message, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
  }
};
