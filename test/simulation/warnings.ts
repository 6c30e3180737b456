// Kubernetes' warnings about simulated Jobs and their pods: one Event of each kind, which repeats.
import type { KubernetesWarning } from "../../functions/lib/core/pod/kubernetes-warning.ts";
import type { Scheduler } from "./scheduler.ts";

export const makeWarnings = ({ now }: Pick<Scheduler, "now">) => {
  const warnings = new Map<string, KubernetesWarning[]>();
  return {
    warn: (uid: string, reason: string, message = "it went wrong"): void => {
      const known = warnings.get(uid) ?? [];
      const firstMs = known.find((one) => one.reason === reason)?.firstMs ?? now();
      const others = known.filter((one) => one.reason !== reason);
      warnings.set(uid, [...others, { reason, message, firstMs, lastMs: now() }]);
    },
    warningsOf: ({ uid }: { readonly uid: string }): KubernetesWarning[] => warnings.get(uid) ?? [],
  };
};
