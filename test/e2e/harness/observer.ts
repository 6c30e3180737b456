// Records when things happen to runs: Keptn's events from NATS, and Job changes from the API server.
import { connect } from "@nats-io/transport-node";
import { label } from "../../../functions/lib/core/annotations/annotations.ts";
import type { Job } from "../../../functions/lib/core/kubernetes.ts";
import { phaseOf } from "../../../functions/lib/core/run/run-state.ts";
import type { KubernetesApi } from "../../../functions/lib/kubernetes/api.ts";

export interface Observer {
  readonly events: readonly SeenEvent[];
  /** By the name of the Job. */
  readonly jobs: ReadonlyMap<string, SeenJob>;
  close(): Promise<void>;
}

/** Times are epoch milliseconds of this machine. */
export interface SeenEvent {
  readonly atMs: number;
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly context: string;
  readonly triggeredid: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface SeenJob {
  readonly name: string;
  readonly eventId: string;
  readonly task: string;
  releasedAtMs?: number;
  endedAtMs?: number;
}

export const observe = async (
  natsUrl: string,
  { api, namespace }: { api: KubernetesApi; namespace: string },
): Promise<Observer> => {
  const events: SeenEvent[] = [];
  const jobs = new Map<string, SeenJob>();
  const nats = await connect({ servers: natsUrl });
  const subscription = nats.subscribe("sh.keptn.event.>");
  const listening = (async () => {
    for await (const message of subscription) events.push(readEvent(message.json()));
  })();
  let stopped = false;
  const watching = (async () => {
    while (!stopped) for await (const job of watch(api, namespace)) note(jobs, job);
  })();
  return {
    events,
    jobs,
    close: async () => {
      stopped = true;
      await nats.drain();
      await listening;
      await watching.catch(() => undefined);
    },
  };
};

// biome-ignore lint/suspicious/noExplicitAny: Keptn's own
const readEvent = (event: any): SeenEvent => ({
  ...{ atMs: Date.now(), id: event.id, type: event.type, source: event.source, context: event.shkeptncontext },
  ...{ triggeredid: event.triggeredid || undefined, data: event.data },
});

const note = (jobs: Map<string, SeenJob>, job: Job): void => {
  const { name = "", labels = {} } = job.metadata ?? {};
  const seen = jobs.get(name) ?? { name, eventId: labels[label.eventId] ?? "", task: labels[label.task] ?? "" };
  jobs.set(name, seen);
  if (!job.spec?.suspend) seen.releasedAtMs ??= Date.now();
  if (["succeeded", "failed"].includes(phaseOf(job))) seen.endedAtMs ??= Date.now();
};

async function* watch(api: KubernetesApi, namespace: string): AsyncGenerator<Job> {
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const { chunks } = await api.stream({ method: "GET", path: `${path}?watch=true&timeoutSeconds=8` });
  let text = "";
  for await (const chunk of chunks) {
    text += chunk.toString();
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) yield (JSON.parse(line) as { object: Job }).object;
  }
}
