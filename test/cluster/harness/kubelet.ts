// Acts as the kubelet for pods without a node: they run for a moment and end as their command says, without a container.
import { setTimeout as sleep } from "node:timers/promises";
import type { Pod } from "../../../functions/lib/core/kubernetes.ts";
import type { KubernetesApi } from "../../../functions/lib/kubernetes/api.ts";
import type { Random } from "./random.ts";

export interface Kubelet {
  /** Names of the Jobs whose pods ran, in the order in which they began; with one entry per pod. */
  readonly ran: readonly string[];
  stop(): Promise<void>;
}

/** More than any node has: the scheduler leaves such a pod alone. */
export const forNoNode = 'resources: {requests: {cpu: "100000", memory: 8Mi}, limits: {cpu: "100000", memory: 16Mi}}';

/** @param runMs how long a pod runs at most; one whose command is `false` fails */
export const startKubelet = (
  api: KubernetesApi,
  namespace: string,
  { random, runMs }: { readonly random: Random; readonly runMs: number },
): Kubelet => {
  const ran: string[] = [];
  const seen = new Set<string>();
  let stopped = false;
  const loop = (async () => {
    while (!stopped) {
      for (const pod of await pending(api, namespace)) {
        const uid = pod.metadata?.uid ?? "";
        if (seen.has(uid)) continue;
        seen.add(uid);
        ran.push(pod.metadata?.labels?.["batch.kubernetes.io/job-name"] ?? "");
        void sleep(random.below(runMs)).then(() => end(api, pod));
      }
      await sleep(100);
    }
  })();
  return {
    ran,
    stop: async () => {
      stopped = true;
      await loop;
    },
  };
};

const pending = async (api: KubernetesApi, namespace: string): Promise<Pod[]> => {
  const path = `/api/v1/namespaces/${namespace}/pods?fieldSelector=status.phase%3DPending`;
  const { body } = await api.call<{ items: Pod[] }>({ method: "GET", path });
  return body.items.filter(({ metadata }) => !metadata?.deletionTimestamp);
};

const end = async (api: KubernetesApi, { metadata, spec }: Pod): Promise<void> => {
  const container = spec?.containers[0];
  const exitCode = container?.command?.[0] === "false" ? 1 : 0;
  const now = `${new Date().toISOString().slice(0, 19)}Z`;
  const terminated = { exitCode, reason: exitCode === 0 ? "Completed" : "Error", startedAt: now, finishedAt: now };
  const status = {
    phase: exitCode === 0 ? "Succeeded" : "Failed",
    startTime: now,
    containerStatuses: [
      {
        name: container?.name,
        image: container?.image,
        imageID: "",
        ready: false,
        restartCount: 0,
        state: { terminated },
      },
    ],
  };
  const path = `/api/v1/namespaces/${metadata?.namespace}/pods/${metadata?.name}/status`;
  const contentType = "application/merge-patch+json";
  await api
    .call({ method: "PATCH", path, contentType, body: { status }, expected: [404, 409, 422] })
    .catch(() => undefined);
};
