// A world for keptn-source: Keptn's double, a sink, NATS as a function call, and a clock that runs faster than time.
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Source, startSource } from "../../functions/keptn-source/handler.ts";
import { connectKeptnClient } from "../../functions/keptn-source/keptn-client.ts";
import type { NatsEvents } from "../../functions/keptn-source/nats.ts";
import type { SourceClock, SourcePorts } from "../../functions/keptn-source/ports.ts";
import { connectSink } from "../../functions/keptn-source/sink.ts";
import { envelopeOf, type KeptnEvent } from "../../functions/lib/core/event/keptn-event.ts";
import { makeStarted } from "../../functions/lib/core/report/finished-event.ts";
import { covers } from "../../functions/lib/core/source/subject.ts";
import type { LogLine } from "../../functions/lib/process.ts";
import { finishedOf } from "../contract/keptn-bench.ts";
import { type EventSink, startEventSink } from "./event-sink.ts";
import { type KeptnDouble, startKeptn } from "./keptn/keptn-double.ts";
import { settingsFor } from "./keptn/settings.ts";

export interface SourceWorld {
  readonly keptn: KeptnDouble;
  readonly sink: EventSink;
  readonly lines: readonly LogLine[];
  readonly nats: FakeNats;
  /** A process of it: another one knows nothing of what this one did. */
  start(given?: StartOptions): Source;
  /** A value of `/metrics`. */
  metric(source: Source, name: string): Promise<number>;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** true: events come by NATS. */
  readonly listens?: boolean;
  readonly clock?: SourceClock;
}

export interface FakeNats {
  /** Who is subscribed to what. */
  readonly subjects: () => readonly string[];
  publish(text: string): void;
  connect(): void;
  disconnect(): void;
}

export const shipyard = `apiVersion: spec.keptn.sh/0.2.3
kind: Shipyard
spec:
  stages:
    - name: dev
      sequences:
        - name: delivery
          tasks: [{name: deployment}, {name: test}, {name: release}]
        - name: check
          tasks: [{name: test}]
`;

/** @param options of the sink: `answers`: what it takes is started and finished in Keptn, as by start-job and finish-task */
export const openSourceWorld = async (
  context: TestContext,
  { answers = false }: { readonly answers?: boolean } = {},
): Promise<SourceWorld> => {
  const lines: LogLine[] = [];
  const log = (line: LogLine) => void lines.push(line);
  const { nats, listen } = makeFakeNats();
  const keptn = await startKeptn({ onNats: (event) => nats.publish(JSON.stringify(event)) });
  const sink = await startEventSink((event) => {
    if (answers) answerTask(keptn, event);
  });
  keptn.plane.projects.create("sockshop", shipyard, new Map());
  const sources: Source[] = [];
  context.after(async () => {
    keptn.clearFaults();
    await Promise.all(sources.map((source) => source.stop()));
    await Promise.all([keptn.close(), sink.close()]);
  });
  const defaults = { K_SINK: sink.url, DRAIN_SECONDS: "0", KEPTN_RETRY_SECONDS: "1", API_PROXY_HTTP_TIMEOUT: "1" };
  return {
    ...{ keptn, sink, lines, nats },
    start: ({ env = {}, listens = false, clock = fastClock } = {}) => {
      const settings = settingsFor(keptn, { ...defaults, ...env });
      const io = { keptn: connectKeptnClient(settings), sink: connectSink(settings) };
      const ports: SourcePorts = {
        ...io,
        ...(listens && { listen }),
        settings,
        log,
        clock,
        firstRetryMs: 10,
        random: () => 0.5,
      };
      const source = startSource(ports);
      sources.push(source);
      return source;
    },
    metric: async (source, name) => {
      const { text } = await source.metrics();
      const line = text.split("\n").find((one) => one.startsWith(`${name} `));
      return Number(line?.slice(name.length + 1));
    },
  };
};

/** The answers of start-job and finish-task, at once. */
const answerTask = (keptn: KeptnDouble, { id }: { readonly id: string }): void => {
  const event = keptn.plane.shipyard.openEvents().find((open) => open.id === id) as unknown as KeptnEvent | undefined;
  if (!event) return;
  for (const answer of [makeStarted(envelopeOf(event), "jes"), finishedOf(event, {}, "jes")]) {
    keptn.plane.shipyard.hear({ ...answer, id: "", time: "", data: { ...answer.data } });
  }
};

/** A minute of it is 0.6 s. */
const rate = 100;
export const fastClock: SourceClock = {
  now: () => new Date(),
  elapsedMs: () => performance.now() * rate,
  pause: async (milliseconds, signal) => {
    await sleep(milliseconds / rate, undefined, { signal }).catch(() => {});
  },
};

const makeFakeNats = () => {
  let subjects: readonly string[] = [];
  let connected = true;
  let events: NatsEvents | undefined;
  const connect = () => {
    connected = true;
    events?.onConnected();
  };
  const listen = (given: NatsEvents) => {
    events = given;
    if (connected) setImmediate(connect);
    return {
      hear: async (next: readonly string[]) => {
        subjects = next;
      },
      isConnected: () => connected,
      drain: async () => {
        events = undefined;
      },
    };
  };
  const nats: FakeNats = {
    subjects: () => subjects,
    publish: (text) => {
      const { type } = JSON.parse(text) as { type: string };
      if (connected && subjects.some((subject) => covers(subject, type))) events?.onMessage(text);
    },
    connect,
    disconnect: () => {
      connected = false;
      events?.onTrouble("lost");
    },
  };
  return { nats, listen };
};
