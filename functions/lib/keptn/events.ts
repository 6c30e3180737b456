// Sends events to Keptn, and reads its event counts.
import * as z from "zod";
import type { Envelope } from "../core/event/keptn-event.ts";
import type { OutgoingEvent } from "../core/event/outgoing-event.ts";
import type { IoError } from "../io-error.ts";
import type { KeptnApi } from "./api.ts";
import type { EventCounts, SourceCounts } from "./ports.ts";
import { lateShape, type OutputOf } from "./shape.ts";

const sent = lateShape(() => z.object({ keptnContext: z.string() }));

/**
 * Not retried if it may have arrived: a second `.started` hangs the sequence forever (shipyard-controller compares the counts), and for
 * `.finished`, reading the count is better than sending again.
 */
export const sendEvent = async (api: KeptnApi, event: OutgoingEvent): Promise<void> => {
  const mayRepeat = (fault: IoError) => !fault.outcomeUnknown;
  await api.call({ method: "POST", path: "v1/event", body: event, shape: sent, mayRepeat });
};

const executions = lateShape(() =>
  z.object({
    sequenceExecutions: z
      .array(
        z.object({
          status: z.object({
            state: z.string(),
            currentTask: z
              .object({
                triggeredID: z.string().nullish(),
                events: z.array(z.object({ eventType: z.string(), source: z.string() })).nullish(),
              })
              .nullish(),
          }),
        }),
      )
      .nullish(),
    nextPageKey: z.union([z.number(), z.string()]).optional(),
  }),
);

type Execution = NonNullable<OutputOf<typeof executions>["sequenceExecutions"]>[number];

/** shipyard-controller keeps an aborted or timed out sequence's task as its current one (completeTaskSequence). */
const endStates = ["finished", "timedOut", "aborted", "succeeded"];

export const getEventCounts = async (api: KeptnApi, event: Envelope, source: string): Promise<EventCounts> => {
  const found = await listExecutions(api, event);
  if (found.length === 0) return { kind: "over", unknown: true };
  const open = found.find(({ status }) => status.currentTask?.triggeredID === event.id);
  if (!open || endStates.includes(open.status.state)) return { kind: "over" };
  const bySource = countBySource(open.status.currentTask?.events ?? []);
  return { kind: "current", bySource, ...(bySource.get(source) ?? none) };
};

const none: SourceCounts = { started: 0, finished: 0 };

const countBySource = (events: readonly { readonly eventType: string; readonly source: string }[]) => {
  const counts = new Map<string, SourceCounts>();
  for (const { source, eventType } of events) {
    const { started, finished } = counts.get(source) ?? none;
    const [more, ended] = [Number(eventType.endsWith(".started")), Number(eventType.endsWith(".finished"))];
    counts.set(source, { started: started + more, finished: finished + ended });
  }
  return counts;
};

/** All executions of a context: one for each stage of the sequence, and for each repetition. */
const listExecutions = async (api: KeptnApi, event: Envelope): Promise<Execution[]> => {
  const query = new URLSearchParams({ project: event.project, keptnContext: event.shkeptncontext, pageSize: "50" });
  const all: Execution[] = [];
  for (;;) {
    const page = await api.call({
      path: `controlPlane/v1/sequence-execution?${query}`,
      shape: executions,
      absent: { messages: ["project not found"], value: {} }, // the project was deleted, so nothing is open
    });
    all.push(...(page.sequenceExecutions ?? []));
    if (!page.nextPageKey || page.nextPageKey === "0") return all;
    query.set("nextPageKey", String(page.nextPageKey));
  }
};
