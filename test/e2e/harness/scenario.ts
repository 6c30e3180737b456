// A project in Keptn whose job config has one action per case, and a function to run a case and observe it.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { testImage, until } from "../../cluster/harness/world.ts";
import type { KeptnUser } from "../../contract/keptn-user.ts";
import type { Observer, SeenEvent, SeenJob } from "./observer.ts";

const sh = (script: string): string => `cmd: ["sh", "-c", ${JSON.stringify(script)}]`;
const task = (name: string, what: string, image = testImage): string =>
  `{name: ${name}, image: ${image}, imagePullPolicy: IfNotPresent, ${what}}`;

/** By the name of Keptn's task. */
const actions: Readonly<Record<string, readonly string[]>> = {
  one: [task("one", sh("sleep 1; echo slept"))],
  hello: [task("first", sh("echo first output")), task("second", sh("echo second for $KEPTN_SERVICE"))],
  files: [task("files", `files: [scripts], ${sh("/keptn/scripts/say.sh")}`)],
  failing: [task("first", sh("echo it broke; exit 3")), task("second", sh("echo never"))],
  "no-image": [task("no-image", sh("true"), "dev.local/there-is-none:1")],
  "remote-task": [task("one", sh("echo by func"))], // among the types in func.yaml
  slow: [task("slow", sh("sleep 8; echo slow output"))],
  graph: [
    task("build", sh("sleep 1; echo built")),
    task("left", `needs: [build], ${sh("sleep 2; echo left")}`),
    task("right", `needs: [build], ${sh("sleep 2; echo right")}`),
    task("odd", `needs: [build], onError: warn, ${sh("exit 3")}`),
    task("join", `needs: [left, right, odd], ${sh("echo joined")}`),
    task("undo", `when: failure, ${sh("echo undone")}`),
    task("sweep", `when: always, ${sh("echo swept")}`),
  ],
  second: [task("second", sh("sleep 1; echo the second slept"))],
  // Two more actions listen to this one: see below.
  several: [task("several", sh("echo of the first"))],
};

/** By the name of Keptn's sequence: its tasks, one after the other. Every task is a sequence by itself as well. */
const sequences: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(Object.keys(actions).map((name) => [name, [name]])),
  pair: ["one", "second"],
};

const config = `apiVersion: v2
actions:
${Object.entries(actions)
  .map(
    ([name, tasks]) =>
      `  - {name: ${name}, events: [{name: ^sh.keptn.event.${name}.triggered$}], tasks: [${tasks.join(", ")}]}`,
  )
  .join("\n")}
  - {name: another, events: [{name: ^sh.keptn.event.several.triggered$}], tasks: [${task("another", sh("echo of another"))}]}
  - {name: quiet, silent: true, events: [{name: ^sh.keptn.event.several.triggered$}], tasks: [${task("quiet", sh("echo unheard"))}]}
`;

const shipyard = `apiVersion: spec.keptn.sh/0.2.3
kind: Shipyard
metadata: {name: e2e}
spec:
  stages:
    - name: dev
      sequences: [${Object.entries(sequences)
        .map(([name, tasks]) => `{name: ${name}, tasks: [${tasks.map((task) => `{name: ${task}}`).join(", ")}]}`)
        .join(", ")}]
`;

export interface Ran {
  readonly name: string;
  /** Of its first task. */
  readonly triggered: SeenEvent;
  readonly started: readonly SeenEvent[];
  readonly finished: readonly SeenEvent[];
  readonly jobs: readonly SeenJob[];
}

export interface Scenario {
  /** Triggers a sequence in a service of its own, and waits until it is finished. */
  run(name: string, meanwhile?: Meanwhile): Promise<Ran>;
  remove(): Promise<void>;
}

export interface Meanwhile {
  /** Keptn has triggered its task. */
  readonly onTriggered?: (event: SeenEvent) => Promise<void>;
  /** A Job of it was released. */
  readonly onReleased?: (job: SeenJob) => Promise<void>;
}

/** Longer than Keptn and Knative take on their worst day: with 200 sequences, and a load of 15 on two cores, Keptn took 264 s for one. */
const mostSeconds = 600;

export const makeScenario = async (
  user: KeptnUser,
  { observer, project }: { readonly observer: Observer; readonly project: string },
): Promise<Scenario> => {
  await user.createProject(project, shipyard);
  await user.addFiles({ project }, { "job/config.yaml": config, "scripts/say.sh": "#!/bin/sh\necho it ran\n" });
  const find = (context: string, kind: string) =>
    observer.events.filter(
      (event) => event.context === context && event.type.split(".").length === 5 && event.type.endsWith(kind),
    );
  // One at a time: each is a commit in Keptn's Git.
  let creating = Promise.resolve();
  const createService = (service: string): Promise<void> => {
    creating = creating.catch(() => undefined).then(() => user.createService(project, service));
    return creating;
  };
  return {
    run: async (name, { onTriggered, onReleased } = {}) => {
      const service = `s-${randomUUID().slice(0, 8)}`;
      await createService(service);
      const context = await user.trigger({ project, stage: "dev", service }, name);
      await until(`${name} is triggered`, () => find(context, ".triggered").length > 0, mostSeconds);
      const [triggered] = find(context, ".triggered") as [SeenEvent];
      const jobs = () => {
        const ids = new Set(find(context, ".triggered").map(({ id }) => id));
        return [...observer.jobs.values()].filter(({ eventId }) => ids.has(eventId));
      };
      await onTriggered?.(triggered);
      let isOver = false;
      const telling = onReleased ? tellReleased({ jobs, isOver: () => isOver, onReleased }) : Promise.resolve();
      // Keptn is asked when its event says so: asked ten times a second for each of ten runs, it has no time for anything else.
      const endsWith = `sh.keptn.event.dev.${name}.finished`;
      const hasEnded = () => observer.events.some((event) => event.context === context && event.type === endsWith);
      const state = () =>
        user.status(project, context).then(
          (status) => status.state,
          () => "unknown", // it is busy
        );
      try {
        await until(`${name} (${context}) has ended`, hasEnded, mostSeconds);
        await until(`${name} (${context}) is finished`, async () => (await state()) === "finished");
      } finally {
        isOver = true;
        await telling;
      }
      const [started, finished] = [find(context, ".started"), find(context, ".finished")];
      return { name, triggered, started, finished, jobs: jobs() };
    },
    remove: () => user.deleteProject(project),
  };
};

interface Released {
  readonly jobs: () => readonly SeenJob[];
  readonly isOver: () => boolean;
  readonly onReleased: (job: SeenJob) => Promise<void>;
}

/** Tells of each release as soon as it is seen, until the run is over. */
const tellReleased = async ({ jobs, isOver, onReleased }: Released): Promise<void> => {
  const told = new Set<string>();
  const telling: Promise<void>[] = [];
  while (!isOver()) {
    const released = jobs().filter(({ name, releasedAtMs }) => releasedAtMs !== undefined && !told.has(name));
    for (const job of released) {
      told.add(job.name);
      telling.push(onReleased(job));
    }
    await sleep(20);
  }
  await Promise.all(telling);
};
