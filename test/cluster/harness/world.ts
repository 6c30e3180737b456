// A whole installation for a test: a namespace, Keptn's double, both functions as processes, and Knative's part.
import { setTimeout as sleep } from "node:timers/promises";
import type { KeptnEvent } from "../../../functions/lib/core/event/keptn-event.ts";
import type { Job } from "../../../functions/lib/core/kubernetes.ts";
import { type KeptnDouble, startKeptn } from "../../doubles/keptn/keptn-double.ts";
import type { TriggerGiven } from "../../doubles/keptn/trigger.ts";
import { makeNamespace, type TestNamespace } from "../namespace.ts";
import { type Adapter, deliver, startAdapter, type Unreliability } from "./adapter.ts";
import { type FunctionProcess, startFunction } from "./function-process.ts";
import { jobsOf } from "./pods.ts";

export interface TestWorld {
  readonly namespace: TestNamespace;
  readonly keptn: KeptnDouble;
  readonly startJob: FunctionProcess;
  readonly finishTask: FunctionProcess;
  /** Puts the job config where the events' service has it. */
  configure(config: string): void;
  /** Triggers a task in Keptn and delivers its event to start-job. @returns the event and what start-job answered at last */
  run(type?: string, given?: Partial<TriggerGiven>): Promise<{ readonly event: KeptnEvent; readonly status: number }>;
  jobsOf(event: KeptnEvent): Promise<Job[]>;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly unreliability: Unreliability;
  readonly settings?: Readonly<Record<string, string>>;
  readonly namespaceLabels?: Readonly<Record<string, string>>;
}

/** An image with a shell; on other clusters a registry's. */
export const testImage = process.env["TEST_IMAGE"] ?? "dev.local/busybox:1";

export const openWorld = async ({
  unreliability,
  settings = {},
  namespaceLabels = {},
}: WorldOptions): Promise<TestWorld> => {
  const namespace = await makeNamespace("chain", { ...namespaceLabels });
  const keptn = await startKeptn();
  const env = {
    KEPTN_API_ENDPOINT: keptn.endpoint,
    KEPTN_API_TOKEN: keptn.token,
    JOB_NAMESPACE: namespace.name,
    TIMER_NAMESPACE: namespace.name,
    LOG_LEVEL: "debug",
    ...settings,
  };
  const [startJob, finishTask] = await Promise.all([
    startFunction("start-job", env),
    startFunction("finish-task", env),
  ]);
  const adapter: Adapter = startAdapter(namespace.api, namespace.name, { sink: finishTask.url, unreliability });
  await sleep(300); // the watch begins; like the real one, it tells nothing of what was before
  return {
    ...{ namespace, keptn, startJob, finishTask },
    configure: (config) => {
      keptn.plane.projects.addFiles(
        { project: "sockshop", stage: "dev", service: "carts" },
        { "job/config.yaml": config },
      );
    },
    run: async (type = "sh.keptn.event.deployment.triggered", given = {}) => {
      const event = keptn.trigger({ type, labels: { build: "17" }, ...given });
      return { event, status: await deliver(startJob.url, { ...event }) };
    },
    jobsOf: (event) => jobsOf({ namespace }, event),
    close: async () => {
      await adapter.stop();
      await Promise.all([startJob.stop(), finishTask.stop()]);
      await keptn.close();
      await namespace.remove();
    },
  };
};

/** Waits for something that is sure to come: the deadline only ends a test that has failed. */
export const until = async (what: string, holds: () => boolean | Promise<boolean>, seconds = 120): Promise<void> => {
  const deadline = Date.now() + seconds * 1000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await sleep(100);
  }
};
