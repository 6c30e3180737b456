// What the kubelet warns of about simulated pods: an Event of each kind, which repeats itself.
import type { KubernetesWarning } from "../../functions/core/kubernetes-warning.ts";
import type { Scheduler } from "./scheduler.ts";

/** Of pods by the uid of their Job; a pod's own uid ends in `-pod`. */
export const makeWarnings = ({ now }: Pick<Scheduler, "now">) => {
  const warnings = new Map<string, KubernetesWarning[]>();
  return {
    warn: ({ uid }: { readonly uid: string }, reason: string): void => {
      const known = warnings.get(uid) ?? [];
      const firstMs = known.find((one) => one.reason === reason)?.firstMs ?? now();
      const others = known.filter((one) => one.reason !== reason);
      warnings.set(uid, [...others, { reason, message: "it went wrong", firstMs, lastMs: now() }]);
    },
    warningsOf: ({ uid }: { readonly uid: string }): KubernetesWarning[] =>
      uid.endsWith("-pod") ? (warnings.get(uid.replace(/-pod$/, "")) ?? []) : [],
  };
};
