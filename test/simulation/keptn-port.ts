// Keptn's API for one process of a simulated world.
import { stoppedNoted } from "../../functions/lib/core/annotations/stopped.ts";
import type { OutgoingEvent } from "../../functions/lib/core/event/outgoing-event.ts";
import type { KeptnFiles } from "../../functions/lib/keptn/files.ts";
import type { EventCounts, Keptn } from "../../functions/lib/keptn/ports.ts";
import { isLoud } from "./facts.ts";
import { refOf } from "./job-store.ts";
import type { Caller } from "./ports.ts";
import type { Process } from "./process.ts";
import type { World } from "./world.ts";

export const makeKeptnPort = (world: World, process: Process, call: Caller): Keptn => {
  const { keptn, checks, configOf, tell } = world;
  const losesSight = makeLosesSight(world, process.name);
  const made: Keptn = {
    getJobConfig: (event) =>
      call({
        ...reading("get job config"),
        effect: () => configOf(event.id),
      }),
    send: (event) => {
      const word = event.type.split(".").at(-1) ?? "";
      return call({
        ...{ to: "keptn", does: "writes", operation: `send ${word}` },
        effect: () => {
          tell(() => `Keptn takes .${word} from ${event.source}`);
          judgeSight(world, process, event);
          keptn.take(event);
        },
        refusable: () => {
          const about = checks.eventOf(event.triggeredid);
          if (about) about.refused = true;
        },
      });
    },
    getEventCounts: (event, source) =>
      call({
        ...reading("get count"),
        effect: () => {
          const isLost = losesSight.begins(event.id);
          const count: EventCounts = isLost ? { kind: "over", unknown: true } : keptn.countOf(event.id, source);
          tell(() => `Keptn's count for ${source} is ${JSON.stringify(count)}`);
          return count;
        },
      }),
    getEvent: ({ id }) => call({ ...reading("get event"), effect: () => keptn.find(id) }),
    isOpen: ({ id }) =>
      call({ ...reading("is open"), effect: () => !losesSight.lasts(id) && keptn.find(id) !== undefined }),
    logError: () =>
      call({ to: "keptn", does: "writes", operation: "log error", effect: () => {}, quiet: { answer: undefined } }),
    register: async () => {},
    within: () => made,
  };
  return made;
};

/** At most once per event: the counts do not know the event, and neither does the open-events query after that. */
const makeLosesSight = ({ chance, checks }: World, process: string) => {
  let [lost, asked] = ["", 0];
  return {
    begins: (eventId: string): boolean => {
      const event = checks.eventOf(eventId);
      lost = "";
      asked += 1;
      if (!event || event.lostSight || !chance.at(`${process} count ${asked}`).mishap("losesSight")) return false;
      [lost, event.lostSight] = [eventId, true];
      return true;
    },
    lasts: (eventId: string): boolean => lost === eventId,
  };
};

const script = Buffer.from("#!/bin/sh\n");

export const makeKeptnFiles = (call: Caller): KeptnFiles => ({
  listFiles: (level) => call({ ...reading("list files"), effect: () => (level === "service" ? ["run.sh"] : []) }),
  openFile: (level, path) =>
    call({
      ...reading("open file"),
      about: path,
      effect: () => (level === "service" ? chunks() : undefined),
    }),
});

async function* chunks(): AsyncIterable<Uint8Array> {
  yield script;
}

const reading = (operation: string) => ({ to: "keptn", does: "reads", operation }) as const;

/**
 * A stopped task is stopped before Keptn is told, which can take as long as Keptn is away. A start-job that reports a run without a
 * Job has nothing to lock it with: it cannot know what another delivery creates after its list. Only that is excused.
 */
const judgeSight = ({ checks, store, cluster }: World, { looked }: Process, { type, ...sent }: OutgoingEvent): void => {
  const event = checks.eventOf(sent.triggeredid);
  const run = event?.runs.find((one) => isLoud(one) && one.source === sent.source);
  if (!event || !run) return;
  if (run.created === 0 || looked.get(run.id) === "none") checks.unseen(event, run.id);
  const jobs = store.listRun(run.id);
  const busy = jobs.find((job) => cluster.isBusy(refOf(job)) && !stoppedNoted(job)); // it is about to go
  if (type.endsWith(".finished") && busy && !run.unseen) checks.reportedBusy(busy);
};
