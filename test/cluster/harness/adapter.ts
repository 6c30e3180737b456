// Reports Job changes like an ApiServerSource (reference: eventing pkg/adapter/apiserver), but less reliably.
import { setTimeout as sleep } from "node:timers/promises";
import { label } from "../../../functions/lib/core/annotations/annotations.ts";
import type { Job } from "../../../functions/lib/core/kubernetes.ts";
import type { KubernetesApi } from "../../../functions/lib/kubernetes/api.ts";
import { requestOfChange, requestOfSweep, structuredRequestOf } from "../../doubles/requests.ts";
import type { Random } from "./random.ts";

export interface Unreliability {
  readonly random: Random;
  /** Share of the events that are lost. */
  readonly lost: number;
  /** Share of the events that come twice. */
  readonly doubled: number;
  /** Every event is late by up to this: so they come out of order. */
  readonly lateMs: number;
}

export interface Adapter {
  stop(): Promise<void>;
}

const types = { ADDED: "add", MODIFIED: "update", DELETED: "delete" } as const;

interface Change {
  readonly type: string;
  readonly object: Job;
}

/** Sends what happens to released Jobs of a namespace to a function; like the real one, nothing of what was before. */
export const startAdapter = (
  api: KubernetesApi,
  namespace: string,
  { sink, unreliability }: { readonly sink: string; readonly unreliability: Unreliability },
): Adapter => {
  const sending = new Set<Promise<void>>();
  let stopped = false;
  const forward = (change: Change): void => {
    const { random, lost, doubled, lateMs } = unreliability;
    const times = random.chance(lost) ? 0 : random.chance(doubled) ? 2 : 1;
    for (let i = 0; i < times; i++) {
      const sent = sleep(random.below(lateMs + 1)).then(() => send(sink, change));
      sending.add(sent);
      void sent.finally(() => sending.delete(sent));
    }
  };
  const watching = (async () => {
    while (!stopped) {
      for await (const change of watch(api, namespace, () => stopped)) forward(change);
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      await watching.catch(() => undefined);
      await Promise.all(sending);
    },
  };
};

/** From now on, and ended now and then: what happens before the next watch begins is lost, as with the real one after a relist. */
async function* watch(api: KubernetesApi, namespace: string, stopped: () => boolean): AsyncGenerator<Change> {
  const query = new URLSearchParams({ watch: "true", labelSelector: `${label.state}=released`, timeoutSeconds: "5" });
  let text = "";
  try {
    const { chunks } = await api.stream({
      method: "GET",
      path: `/apis/batch/v1/namespaces/${namespace}/jobs?${query}`,
    });
    for await (const chunk of chunks) {
      text += chunk.toString();
      const lines = text.split("\n");
      text = lines.pop() ?? "";
      for (const line of lines) yield JSON.parse(line) as Change;
      if (stopped()) return;
    }
  } catch {
    await sleep(100);
  }
}

/** Tries as the real adapter does: six times in three seconds, and not again after a 500. */
const send = async (sink: string, { type, object }: Change): Promise<void> => {
  const request = requestOfChange(types[type as keyof typeof types] ?? "update", object);
  for (const waitMs of [100, 200, 400, 800, 1600, 0]) {
    const answer = await fetch(sink, request).catch(() => undefined);
    if (answer && ![404, 413, 425, 429, 502, 503, 504].includes(answer.status)) return;
    await sleep(waitMs);
  }
};

/** What a PingSource sends once a minute. */
export const sendSweep = async (sink: string): Promise<void> => {
  await fetch(sink, requestOfSweep()).catch(() => undefined);
};

/** Delivers a Keptn event as a Broker does, only longer: again and again until it is taken (eventing: pkg/kncloudevents/retries.go). */
export const deliver = async (sink: string, event: Record<string, unknown>, tries = 40): Promise<number> => {
  let status = 0;
  for (let n = 0; n < tries; n++) {
    const answer = await fetch(sink, {
      ...structuredRequestOf(event),
      signal: AbortSignal.timeout(60_000),
    }).catch(() => undefined);
    status = answer?.status ?? 0;
    if (answer && status < 500 && ![404, 408, 409, 429].includes(status)) return status;
    await sleep(Math.min(200 * 2 ** n, 5000));
  }
  return status;
};
