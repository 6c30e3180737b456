// The time that one HTTP request has, and the signal that ends it early.
import type { HttpRequest } from "./http.ts";

/** Node's own `signal` of a request costs a tenth of its processor time, and AbortSignal.timeout stays for its whole time. */
export interface Deadline {
  isPast(): boolean;
  /** @param end is called when the time is over, at once if it is already */
  watch(end: () => void): void;
  /** Once nothing waits any more. */
  forget(): void;
}

export const makeDeadline = ({ timeoutMs, signal }: HttpRequest): Deadline => {
  let [past, over, end] = [false, false, () => {}];
  const giveUp = (): void => {
    over = true;
    end();
  };
  const timeOut = (): void => {
    past = true;
    giveUp();
  };
  const timer = setTimeout(timeOut, timeoutMs).unref();
  if (timeoutMs <= 0) timeOut();
  signal?.addEventListener("abort", giveUp, { once: true });
  if (signal?.aborted) giveUp();
  return {
    isPast: () => past,
    watch: (given) => {
      end = given;
      if (over) end();
    },
    forget: () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
    },
  };
};
