// Pods for tests: of a Job, in the states that a kubelet writes down.
import type { Job, Pod } from "../functions/lib/core/kubernetes.ts";
import type { KubernetesWarning } from "../functions/lib/core/pod/kubernetes-warning.ts";

type State = NonNullable<NonNullable<NonNullable<Pod["status"]>["containerStatuses"]>[number]["state"]>;

export interface TestPod {
  readonly createdAt?: string;
  /** Undefined: no node has taken it. */
  readonly startTime?: string;
  readonly phase?: string;
  readonly init?: State;
  readonly main?: State;
  readonly conditions?: NonNullable<Pod["status"]>["conditions"];
}

export const makeTestPod = ({ metadata, spec }: Job, given: TestPod = {}): Pod => {
  const { createdAt = "2026-01-02T03:04:10Z", phase = "Pending", startTime, init, main, conditions } = given;
  const container = spec?.template.spec?.containers[0];
  const status = (name: string, state: State) => ({
    ...{ name, image: container?.image ?? "", imageID: "", ready: false, restartCount: 0, state },
  });
  return {
    metadata: {
      name: `${metadata?.name}-x`,
      namespace: metadata?.namespace ?? "",
      uid: `${metadata?.uid}-pod`,
      creationTimestamp: createdAt,
      labels: { "batch.kubernetes.io/controller-uid": metadata?.uid ?? "" },
    },
    spec: spec?.template.spec ?? { containers: [] },
    status: {
      phase,
      ...(startTime && { startTime }),
      ...(init && { initContainerStatuses: [status("fetch-files", init)] }),
      ...(main && { containerStatuses: [status(container?.name ?? "", main)] }),
      ...(conditions && { conditions }),
    },
  };
};

/** `FailedMount: configmap not found`, as Kubernetes noted it from one time to the other (RFC 3339). */
export const makeWarning = (text: string, first: string, last = first): KubernetesWarning => {
  const [, reason = "", message = ""] = /^(\w+): ([\s\S]*)$/.exec(text) ?? [];
  return { reason, message, firstMs: Date.parse(first), lastMs: Date.parse(last) };
};
