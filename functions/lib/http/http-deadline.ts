// Deadline of one HTTP request, combined with a signal that ends it early.
import type { HttpRequest } from "./http-request.ts";

export type Deadline = ReturnType<typeof makeDeadline>;

/** Node's `signal` option costs a tenth of a request's CPU time, and AbortSignal.timeout keeps its timer until it fires. */
export const makeDeadline = ({ timeoutMs, signal }: HttpRequest) => {
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
    /** @param given called at the deadline, or at once if it has passed */
    watch: (given: () => void): void => {
      end = given;
      if (over) end();
    },
    /** Cancels the deadline. */
    forget: (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
    },
  };
};
