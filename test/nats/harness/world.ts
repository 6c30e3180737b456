// Keptn's double with a real NATS, a sink that answers as our functions do, and keptn-source as a process that can be killed.
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, connect as connectTcp, createServer, type Socket } from "node:net";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { envelopeOf, type KeptnEvent } from "../../../functions/lib/core/event/keptn-event.ts";
import { makeStarted } from "../../../functions/lib/core/report/finished-event.ts";
import { bundledPrograms } from "../../cluster/harness/bundled-programs.ts";
import { freePort } from "../../cluster/harness/function-process.ts";
import { finishedOf } from "../../contract/keptn-bench.ts";
import { type ArrivedEvent, type EventSink, startEventSink, until } from "../../doubles/event-sink.ts";
import { type KeptnDouble, startKeptn } from "../../doubles/keptn/keptn-double.ts";
import { type NatsServer, startNatsServer } from "./nats-server.ts";

export interface NatsWorld {
  readonly keptn: KeptnDouble;
  readonly nats: NatsServer;
  readonly sink: EventSink;
  /** On NATS, in the name of Keptn; lost while the server is away. */
  publish(event: object): void;
  /** Every connection of the source to NATS ends; it may come again at once. */
  cut(): void;
  /** A sequence of three tasks. @returns its context */
  trigger(): string;
  start(env?: Readonly<Record<string, string>>): Promise<SourceProcess>;
  /** Every event arrived, each sequence's in their order, and Keptn waits for nothing. */
  untilAllDone(seconds: number): Promise<void>;
}

export interface SourceProcess {
  readonly child: ChildProcess;
  readonly lines: readonly string[];
  metric(name: string): Promise<number>;
  /** The most memory that it ever had, in MiB; undefined where the system does not say. */
  peakMiB(): number | undefined;
  end(signal: "SIGKILL" | "SIGTERM"): Promise<void>;
}

const tasks = ["deployment", "test", "release"];
const shipyard = `spec: {stages: [{name: dev, sequences: [{name: delivery, tasks: [${tasks.map((name) => `{name: ${name}}`)}]}]}]}`;
const at = { project: "sockshop", stage: "dev" };

export const openNatsWorld = async (context: TestContext): Promise<NatsWorld> => {
  const nats = await startNatsServer();
  const relay = await startRelay(nats.port);
  let publisher: NatsConnection | undefined;
  const publish = (event: object) => {
    const { type } = event as { type: string };
    if (publisher && !publisher.isClosed()) publisher.publish(type, JSON.stringify(event));
  };
  const keptn = await startKeptn({ onNats: publish });
  keptn.plane.projects.create(at.project, shipyard, new Map([["dev.delivery", tasks.map((name) => ({ name }))]]));
  const sink = await startEventSink((event) => void setImmediate(() => answerTask(keptn, event)));
  const connectPublisher = async () => {
    publisher = await connect({ servers: nats.url, reconnect: false });
  };
  await connectPublisher();
  const sources: SourceProcess[] = [];
  context.after(async () => {
    await Promise.all(sources.map((source) => source.end("SIGKILL")));
    await publisher?.close();
    await Promise.all([keptn.close(), sink.close(), relay.close(), nats.stop()]);
  });
  const contexts: string[] = [];
  return {
    ...{ keptn, sink, publish, cut: relay.cut },
    nats: {
      ...nats,
      start: async () => {
        await nats.start();
        await connectPublisher();
      },
    },
    trigger: () => {
      const shkeptncontext = randomUUID();
      const data = { ...at, service: `carts-${contexts.length}` };
      const event = { id: randomUUID(), type: "sh.keptn.event.dev.delivery.triggered", source: "test", data };
      keptn.plane.receive({ ...event, specversion: "1.0", time: new Date().toISOString(), shkeptncontext });
      contexts.push(shkeptncontext);
      return shkeptncontext;
    },
    start: async (env = {}) => {
      const address = { KEPTN_API_ENDPOINT: keptn.endpoint, KEPTN_API_TOKEN: keptn.token };
      const source = await startProcess({ ...address, PUBSUB_URL: relay.url, K_SINK: sink.url, ...env });
      sources.push(source);
      return source;
    },
    untilAllDone: async (seconds) => {
      const isDone = () => keptn.plane.shipyard.openEvents().length === 0;
      await until(`${contexts.length} sequences are at their end`, isDone, seconds);
      const order = new Map(contexts.map((one) => [one, [] as string[]]));
      for (const event of sink.arrived.filter(({ status }) => status < 300)) order.get(event.context)?.push(event.type);
      const expected = tasks.map((name) => `sh.keptn.event.${name}.triggered`).join();
      for (const [one, types] of order) {
        if ([...new Set(types)].join() !== expected) throw new Error(`${one}: ${types}`);
      }
    },
  };
};

/** What start-job and finish-task would send, a moment after the event was taken. */
const answerTask = (keptn: KeptnDouble, { id }: ArrivedEvent): void => {
  const event = keptn.plane.shipyard.openEvents().find((open) => open.id === id) as unknown as KeptnEvent | undefined;
  if (!event || keptn.counts(id)?.started) return;
  for (const answer of [makeStarted(envelopeOf(event), "jes"), finishedOf(event, {}, "jes")]) {
    keptn.plane.shipyard.hear({ ...answer, id: "", time: "", data: { ...answer.data } });
  }
};

const startProcess = async (env: Readonly<Record<string, string>>): Promise<SourceProcess> => {
  const port = await freePort();
  const lines: string[] = [];
  const child = spawn(process.execPath, [join(await bundledPrograms(), "serve.cjs")], {
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, FUNCTION: "keptn-source", PORT: String(port), ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  child.stdout.setEncoding("utf8").on("data", (text: string) => lines.push(...text.trimEnd().split("\n")));
  const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined);
  await until("keptn-source is ready", async () => (await get("/health/readiness"))?.ok ?? false, 60);
  return {
    ...{ child, lines },
    metric: async (name) => {
      const text = (await (await get("/metrics"))?.text()) ?? "";
      return Number(
        text
          .split("\n")
          .find((line) => line.startsWith(`${name} `))
          ?.slice(name.length),
      );
    },
    peakMiB: () => {
      try {
        return Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) / 1024;
      } catch {
        return undefined;
      }
    },
    end: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill(signal);
      await ended;
    },
  };
};

/** Between the source and NATS, so that a connection can be cut without the server's doing. */
const startRelay = async (to: number) => {
  const open = new Set<Socket>();
  const server = createServer((from) => {
    const onward = connectTcp(to, "127.0.0.1");
    for (const [socket, other] of [[from, onward] as const, [onward, from] as const]) {
      open.add(socket);
      socket.on("error", () => other.destroy());
      socket.once("close", () => {
        open.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    url: `nats://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    close: async () => {
      cut();
      server.close();
      await once(server, "close");
    },
  };
};
