// Both functions as they are shipped, on a Keptn and an API server in memory, with what Knative does between them.
import assert from "node:assert/strict";
import { label } from "../../functions/lib/core/annotations/annotations.ts";
import type { KeptnEvent } from "../../functions/lib/core/event/keptn-event.ts";
import type { Job } from "../../functions/lib/core/kubernetes.ts";
import { stateOf } from "../../functions/lib/core/run/run-state.ts";
import { memoryOf } from "../bench/harness/process.ts";
import { type FunctionProcess, startFunction } from "../cluster/harness/function-process.ts";
import { until } from "../cluster/harness/world.ts";
import { type KeptnDouble, startKeptn } from "../doubles/keptn/keptn-double.ts";
import type { TriggerGiven } from "../doubles/keptn/trigger.ts";
import { type ApiServer, startApiServer } from "../doubles/kubernetes/api-server.ts";
import type { Fate } from "../doubles/kubernetes/job-controller.ts";
import { requestOfChange, requestOfEvent } from "../doubles/requests.ts";
import { send } from "./send.ts";

export interface HostileWorld {
  readonly keptn: KeptnDouble;
  readonly kubernetes: ApiServer;
  readonly startJob: FunctionProcess;
  readonly finishTask: FunctionProcess;
  /** One more start-job, with other settings. */
  startAnother(env: Readonly<Record<string, string>>): Promise<FunctionProcess>;
  /** An event of a service that has this job config, which Keptn waits for. */
  eventOf(config: string, given?: Partial<TriggerGiven>): KeptnEvent;
  /** How the pods of a service's Jobs go; by default well. */
  readonly fates: Map<string, Fate>;
  jobsOf(event: KeptnEvent): readonly Job[];
  /** `data` of the one `.finished` of an event, as soon as Keptn counted it. */
  finishedOf(event: KeptnEvent): Promise<Readonly<Record<string, unknown>>>;
  /** A run from its event to its end. */
  runWell(): Promise<void>;
  /** Of both functions, in MiB: the most memory that each had at any time. */
  mostMemory(): readonly number[];
  close(): Promise<void>;
}

export const type = "sh.keptn.event.deployment.triggered";

export const goodConfig = `apiVersion: v2
actions:
  - name: deploy
    events: [{name: ^${type}$}]
    tasks: [{name: only, image: alpine, cmd: [echo, one]}]
`;

export const openHostileWorld = async (): Promise<HostileWorld> => {
  const [keptn, kubernetes] = await Promise.all([startKeptn(), startApiServer()]);
  const fates = new Map<string, Fate>();
  kubernetes.fateOf = (job) => fates.get(serviceOf(job)) ?? { log: "one\n" };
  const env = {
    ...{ KUBECONFIG: kubernetes.kubeconfig, KEPTN_API_ENDPOINT: keptn.endpoint, KEPTN_API_TOKEN: keptn.token },
    ...{ JOB_NAMESPACE: "jobs", KEPTN_RETRY_SECONDS: "1", LOG_LEVEL: "debug" },
  };
  const [startJob, finishTask] = await Promise.all([
    startFunction("start-job", env),
    startFunction("finish-task", env),
  ]);
  const stop = kubernetes.store.subscribe(({ type: verb, object }) => {
    const job = object as unknown as Job;
    if (stateOf(job) === "released") void send(finishTask.url, requestOfChange(verb, job)); // as the ApiServerSource's selector
  });
  let services = 0;
  const eventOf: HostileWorld["eventOf"] = (config, given = {}) => {
    const service = given.service ?? `service-${++services}`;
    keptn.plane.projects.addFiles({ project: "sockshop", stage: "dev", service }, { "job/config.yaml": config });
    return keptn.trigger({ type, ...given, service });
  };
  const finishedOf: HostileWorld["finishedOf"] = async ({ id }) => {
    await until(`${id} is counted`, () => keptn.counts(id)?.state === "complete");
    const sent = keptn.plane.received.filter((e) => e.triggeredid === id && e.type.endsWith(".finished"));
    assert.equal(sent.length, 1);
    return sent[0]?.data ?? {};
  };
  return {
    ...{ keptn, kubernetes, startJob, finishTask, eventOf, fates, finishedOf },
    startAnother: (own) => startFunction("start-job", { ...env, ...own }),
    jobsOf: ({ id }) => kubernetes.jobs().filter(({ metadata }) => metadata?.labels?.[label.eventId] === id),
    runWell: async () => {
      const event = eventOf(goodConfig, { service: "carts" });
      const answer = await send(startJob.url, requestOfEvent({ ...event }));
      assert.deepEqual(answer, { status: 204, body: "" });
      assert.equal((await finishedOf(event))["result"], "pass");
    },
    mostMemory: () => [startJob, finishTask].map((one) => memoryOf(one.pid()).peak),
    close: async () => {
      stop();
      await Promise.all([startJob.stop(), finishTask.stop()]);
      await Promise.all([keptn.close(), kubernetes.close()]);
    },
  };
};

const serviceOf = (job: Job): string =>
  job.spec?.template.spec?.containers[0]?.env?.find(({ name }) => name === "KEPTN_SERVICE")?.value ?? "";
