// Counts our pods over time: the functions, which scale, and the source, which stays.
import { setTimeout as sleep } from "node:timers/promises";
import type { Pod } from "../../../functions/lib/core/kubernetes.ts";
import type { KubernetesApi } from "../../../functions/lib/kubernetes/api.ts";

export interface PodCounter {
  /** Pods of start-job and finish-task that are there now. */
  functions(): Promise<number>;
  /** What was seen so far, one entry for each change. */
  readonly history: readonly { readonly atMs: number; readonly functions: number; readonly tasks: number }[];
  stop(): Promise<void>;
}

export const countPods = (api: KubernetesApi, namespace: string): PodCounter => {
  const history: { atMs: number; functions: number; tasks: number }[] = [];
  const list = async () => {
    const { body } = await api.call<{ items: Pod[] }>({ method: "GET", path: `/api/v1/namespaces/${namespace}/pods` });
    const has = (name: string) => body.items.filter(({ metadata }) => metadata?.labels?.[name] !== undefined);
    const running = has("batch.kubernetes.io/job-name").filter(
      ({ status }) => status?.phase === "Running" || status?.phase === "Pending",
    );
    return { functions: has("serving.knative.dev/service").length, tasks: running.length };
  };
  let stopped = false;
  const counting = (async () => {
    while (!stopped) {
      const now = await list().catch(() => undefined);
      const last = history.at(-1);
      if (now && (now.functions !== last?.functions || now.tasks !== last?.tasks))
        history.push({ atMs: Date.now(), ...now });
      await sleep(1000);
    }
  })();
  return {
    history,
    functions: async () => (await list()).functions,
    stop: async () => {
      stopped = true;
      await counting;
    },
  };
};
