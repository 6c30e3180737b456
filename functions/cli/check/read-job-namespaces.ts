// Reads the Job namespaces.
import { defaultQueue } from "../../lib/core/check/check-job-namespaces.ts";
import type { Conditioned, Facts } from "../../lib/core/check/facts.ts";
import type { ClusterReader } from "../../lib/kubernetes/cluster-reader.ts";

/** @param groups served by the API server; without Kueue, its queues are not requested */
export const readJobNamespaces = (
  reader: ClusterReader,
  names: readonly string[],
  groups: Facts["groups"],
): Promise<Facts["jobNamespaces"]> => {
  const [version] = groups["kueue.x-k8s.io"] ?? [];
  const queues = { apiVersion: `kueue.x-k8s.io/${version}`, resource: "localqueues" };
  return Promise.all(
    names.map(async (name) => ({
      name,
      namespace: await reader.look<Conditioned>(
        { apiVersion: "v1", resource: "namespaces" },
        { namespace: name, name },
      ),
      queue: version
        ? await reader.look(queues, { namespace: name, name: defaultQueue })
        : ({ kind: "not-installed" } as const),
    })),
  );
};
