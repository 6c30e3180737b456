// Since when the sweep sees that a container cannot start: noted on its Job if no Event of Kubernetes shows it.
import type { Job } from "../kubernetes.ts";
import { annotation } from "./annotations.ts";
import { isFields } from "./parse-annotations.ts";

export interface SeenTrouble {
  readonly container: string;
  /** RFC 3339. */
  readonly since: string;
}

/** @returns epoch milliseconds; undefined: nothing is noted for this container */
export const seenSinceMs = (job: Job, container: string): number | undefined => {
  try {
    const value: unknown = JSON.parse(job.metadata?.annotations?.[annotation.trouble] ?? "null");
    const sinceMs =
      isFields(value) && value["container"] === container ? Date.parse(String(value["since"])) : Number.NaN;
    return Number.isFinite(sinceMs) ? sinceMs : undefined;
  } catch {
    return undefined;
  }
};
