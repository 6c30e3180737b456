// Creates Kubernetes Events on a Job, for `kubectl describe job` and `kubectl get events`.
import type { KubernetesApi } from "./api.ts";
import type { Note, NoteReason } from "./ports.ts";

export interface NoteOptions {
  /** `reportingController` and pod name, required by events.k8s.io. */
  readonly controller: string;
  readonly pod: string;
  /** Called with the error if an Event could not be created. */
  readonly failed: (message: string) => void;
}

const verbs: Readonly<Record<NoteReason, string>> = {
  Announced: "Announcing",
  Released: "Releasing",
  Reported: "Reporting",
  CouldNotStart: "Reporting",
};

export const connectNote =
  (api: KubernetesApi, { controller, pod, failed }: NoteOptions): Note =>
  async (job, { reason, message }) => {
    const now = new Date();
    const event = {
      apiVersion: "events.k8s.io/v1",
      kind: "Event",
      metadata: { namespace: job.namespace, name: `${job.name}.${reason.toLowerCase()}.${now.getTime().toString(16)}` },
      eventTime: `${now.toISOString().slice(0, -1)}000Z`, // metav1.MicroTime
      action: verbs[reason],
      reason,
      note: message.slice(0, 1024), // its limit in events.k8s.io/v1
      type: reason === "CouldNotStart" ? "Warning" : "Normal",
      regarding: { apiVersion: "batch/v1", kind: "Job", ...job },
      reportingController: controller,
      reportingInstance: pod.slice(0, 128),
    };
    const path = `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(job.namespace)}/events`;
    try {
      await api.call({ method: "POST", path, body: event, expected: [403, 404, 409], unread: true });
    } catch (fault) {
      failed(`Event ${reason} on Job ${job.namespace}/${job.name} could not be created: ${String(fault)}`);
    }
  };
