// Since when the sweep sees that a container cannot start: noted on its Job if no Event of Kubernetes shows it.
import type { Job } from "../kubernetes.ts";
import { annotation } from "./annotations.ts";
import { type Fields, isString, read } from "./parse-annotations.ts";

export interface SeenBlocker {
  readonly container: string;
  /** RFC 3339. */
  readonly since: string;
}

/** @returns epoch milliseconds; undefined: nothing is noted for this container */
export const seenSinceMs = (job: Job, container: string): number | undefined => {
  const noted = job.metadata?.annotations?.[annotation.trouble];
  const isSeen = (value: Fields): value is SeenBlocker & Fields =>
    value["container"] === container && isString(value["since"]);
  const sinceMs = Date.parse(read(noted, isSeen)?.since ?? "");
  return Number.isFinite(sinceMs) ? sinceMs : undefined;
};
