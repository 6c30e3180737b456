// A function's HTTP response to a delivery: see the table in style.md.
import { IoError } from "../io-error.ts";
import type { Log } from "../process.ts";

/** 204: done, or nothing to do. 400: malformed for good. 503: try again. 500: a bug. */
export interface DeliveryResult {
  readonly statusCode: 204 | 400 | 500 | 503;
  readonly why: string;
  readonly retryAfterSeconds?: number | undefined;
  /** Work to do after the response. The sender does not wait for it, and it is not repeated. */
  readonly after?: () => Promise<void>;
}

export const done = (why: string): DeliveryResult => ({ statusCode: 204, why });

/** Fields for the log lines. */
interface About {
  readonly event?: string;
}

/** Runs a handler and maps its errors to responses. Brokers retry 5xx, so permanent errors must not return one. */
export const toDeliveryResult = async (
  log: Log,
  handle: () => Promise<DeliveryResult>,
  about: About = {},
): Promise<DeliveryResult> => {
  try {
    return await handle();
  } catch (fault) {
    if (!(fault instanceof IoError)) {
      logBug(log, fault, about);
      return { statusCode: 500, why: `${bug}: see the stack in the log` };
    }
    if (!fault.retryable) {
      log({ level: "error", message: fault.message, ...about });
      return done(fault.message);
    }
    log({ level: "warn", message: `will be retried: ${fault.message}`, ...about });
    return { statusCode: 503, why: fault.message, retryAfterSeconds: fault.retryAfterSeconds };
  }
};

/** Does the work that is left after a response. If it fails, the sweep takes over. Never throws. */
export const runAfter = async (log: Log, { after }: DeliveryResult, about: About = {}): Promise<void> => {
  try {
    await after?.();
  } catch (fault) {
    if (fault instanceof IoError) log({ level: "warn", message: `left to the sweep: ${fault.message}`, ...about });
    else logBug(log, fault, about);
  }
};

const bug = "internal error (a bug)";

const logBug = (log: Log, fault: unknown, about: About): void =>
  log({ level: "error", message: bug, stack: fault instanceof Error ? fault.stack : String(fault), ...about });
