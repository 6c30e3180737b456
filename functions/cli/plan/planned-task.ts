// What a planned Job says of its task.
import type { Job } from "../../core/kubernetes.ts";
import { annotation, type Chain } from "../../core/marks.ts";

export const taskNameOf = ({ metadata }: Job, index: number): string => {
  const chain: Chain = JSON.parse(metadata?.annotations?.[annotation.chain] ?? '{"jobs":[]}');
  return chain.jobs[index]?.task ?? "";
};

export const imageOf = ({ spec }: Job): string => spec?.template.spec?.containers[0]?.image ?? "";
