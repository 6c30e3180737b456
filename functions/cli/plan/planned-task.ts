// What a planned Job says of its task.
import type { Job } from "../../core/kubernetes.ts";
import { annotation, type Chain } from "../../core/marks.ts";

/** As we have just planned it. */
export const chainOf = ({ metadata }: Job): Pick<Chain, "jobs" | "graph"> =>
  JSON.parse(metadata?.annotations?.[annotation.chain] ?? '{"jobs":[]}');

export const taskNameOf = (job: Job, index: number): string => chainOf(job).jobs[index]?.task ?? "";

export const imageOf = ({ spec }: Job): string => spec?.template.spec?.containers[0]?.image ?? "";
