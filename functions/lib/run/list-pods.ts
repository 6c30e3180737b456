// Lists the pods of a Job, if permitted.
import type { Job, Pod } from "../core/kubernetes.ts";
import { refOf } from "../core/object-meta.ts";
import { IoError } from "../io-error.ts";
import type { ReconcilePorts } from "./ports.ts";

export interface ListedPods {
  /** Newest last. */
  readonly pods: readonly Pod[];
  /** The API server's message if listing is forbidden. */
  readonly unread?: string;
}

/** Without the permission to list pods, a run is still reported, from its Jobs alone. @throws IoError */
export const listPods = async (ports: ReconcilePorts, job: Job): Promise<ListedPods> => {
  try {
    return { pods: await ports.pods.list(refOf(job)) };
  } catch (fault) {
    if (!(fault instanceof IoError && fault.httpStatus === 403)) throw fault;
    const { namespace, name } = refOf(job);
    ports.log({
      level: "warn",
      message: `could not list the pods of Job ${namespace}/${name}: ${fault.message}`,
      namespace,
    });
    return { pods: [], unread: fault.message };
  }
};
