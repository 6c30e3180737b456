// Why a task failed, in a few words; its output is printed above.
import { fetchContainerName } from "../../lib/core/files/fetch-order.ts";
import type { Pod } from "../../lib/core/kubernetes.ts";

export const whyFailed = ({ spec, status }: Pod): string => {
  if (status?.reason === "DeadlineExceeded") {
    return `stopped at its deadline of ${spec?.activeDeadlineSeconds} s (maxPollDuration).`;
  }
  if (status?.reason) return `${status.message} (${status.reason})${hints[status.reason] ?? ""}`;
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const failed = containers.find(({ state }) => state?.terminated && state.terminated.exitCode !== 0);
  const end = failed?.state?.terminated;
  if (failed?.name === fetchContainerName) return "its files could not be fetched.";
  if (end?.reason === "StartError") return `${end.message} (StartError)`;
  return `exit code ${end?.exitCode}${end?.reason === "OOMKilled" ? " (OOMKilled)" : ""}.`;
};

const hints: Readonly<Record<string, string>> = {
  ErrImagePull: " To run the task without its image: --runtime process.",
};
