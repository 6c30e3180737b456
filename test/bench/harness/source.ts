// Between Kubernetes and finish-task: tells changes of released Jobs as an ApiServerSource does, and delivers them as a Broker does.
import type { Job } from "../../../functions/lib/core/kubernetes.ts";
import { stateOf } from "../../../functions/lib/core/run/run-state.ts";
import type { ApiServer } from "../../doubles/kubernetes/api-server.ts";
import { requestOfChange } from "../../doubles/requests.ts";
import { deliverAtLast, makePost } from "./post.ts";

export interface JobChange {
  /** As an ApiServerSource ends its event types with. */
  readonly type: "add" | "update" | "delete";
  readonly job: Job;
}

/** Whoever tells of changes from now on. @returns what ends it */
export type Watch = (tell: (change: JobChange) => void) => () => void;

/** A watch with the label selector of the manifests: a Job comes with its release, and goes with its report. */
export const watchDoubles =
  ({ store }: ApiServer): Watch =>
  (tell) => {
    const selected = new Set<string>();
    return store.subscribe(({ type, collection, object }) => {
      if (!collection.endsWith("/jobs")) return;
      const job = object as unknown as Job;
      const { uid } = object.metadata;
      const wasSelected = selected.delete(uid);
      const isSelected = type !== "delete" && stateOf(job) === "released";
      if (isSelected) selected.add(uid);
      if (wasSelected || isSelected) tell({ type: !isSelected ? "delete" : wasSelected ? "update" : "add", job });
    });
  };

export interface Forwarding {
  /** How many changes were told so far. */
  told(): number;
  /** Ends the watch, once all that was told is delivered. @throws Error when a delivery was refused */
  end(): Promise<void>;
}

/** In the order in which changes come, but none waits for the one before: a Broker's Trigger sends them side by side. */
export const forward = (watch: Watch, sink: string): Forwarding => {
  const post = makePost(sink);
  const deliveries: Promise<void>[] = [];
  const failed: unknown[] = [];
  const stop = watch(({ type, job }) => {
    deliveries.push(deliverAtLast(post, requestOfChange(type, job)).catch((fault) => void failed.push(fault)));
  });
  return {
    told: () => deliveries.length,
    end: async () => {
      for (let done = 0; done < deliveries.length; ) {
        done = deliveries.length;
        await Promise.all(deliveries);
      }
      stop();
      if (failed.length > 0) throw failed[0];
    },
  };
};
