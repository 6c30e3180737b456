// Lists the pods of a Job, where that is allowed.
import type { Job, Pod } from "../core/kubernetes.ts";
import { refOf } from "../core/object-meta.ts";
import { IoError } from "../io/io-error.ts";
import type { ChainPorts } from "./ports.ts";

export interface PodsSeen {
  /** Newest last. */
  readonly pods: readonly Pod[];
  /** Why they may not be listed, in the API server's words. */
  readonly unread?: string;
}

/** Without the right to list them a run is reported by what its Jobs say: nobody else would answer Keptn. @throws IoError */
export const listPods = async (ports: ChainPorts, job: Job): Promise<PodsSeen> => {
  try {
    return { pods: await ports.pods.list(refOf(job)) };
  } catch (fault) {
    if (!(fault instanceof IoError && fault.httpStatus === 403)) throw fault;
    const { namespace, name } = refOf(job);
    ports.log({ level: "warn", message: `no pods of Job ${namespace}/${name}: ${fault.message}`, namespace });
    return { pods: [], unread: fault.message };
  }
};
