// Our functions as processes between a real Keptn and a real cluster, with a project of their own.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { label } from "../../functions/lib/core/annotations/annotations.ts";
import type { Job } from "../../functions/lib/core/kubernetes.ts";
import { startAdapter } from "../cluster/harness/adapter.ts";
import { type FunctionProcess, startFunction } from "../cluster/harness/function-process.ts";
import { makeRandom } from "../cluster/harness/random.ts";
import { testImage } from "../cluster/harness/world.ts";
import { makeNamespace, noCluster } from "../cluster/namespace.ts";
import { type ExecutionStatus, makeUser, until } from "../contract/keptn-user.ts";
import { followGuide } from "../contract/webhook-guide.ts";
import { requestOfSweep } from "../doubles/requests.ts";

export interface Installation {
  /** keptn-source, whose sink is start-job. */
  startSource(env: Readonly<Record<string, string>>): Promise<FunctionProcess>;
  /** Sets up the webhook route as docs/webhook-route.md says, straight to start-job. @returns what takes it away */
  openWebhook(host: string): Promise<() => Promise<void>>;
  /** A sequence of two tasks in each of so many services. @returns their contexts */
  triggerAll(count: number): Promise<readonly string[]>;
  whenFinished(context: string): Promise<ExecutionStatus>;
  /** What was sent to Keptn for the sequence's tasks, in order: `started`, `finished`, ... */
  answersOf(context: string): Promise<readonly string[]>;
  /** Jobs that ran for the sequence's tasks. */
  countJobs(context: string): Promise<number>;
  close(): Promise<void>;
}

const { KEPTN_ENDPOINT: endpoint = "", KEPTN_API_TOKEN: token = "" } = process.env;

export const skipInstallation =
  noCluster ?? (endpoint && token ? false : "KEPTN_ENDPOINT and KEPTN_API_TOKEN are not set");

const shipyard = `apiVersion: spec.keptn.sh/0.2.3
kind: Shipyard
metadata: {name: routes}
spec: {stages: [{name: dev, sequences: [{name: delivery, tasks: [{name: deployment}, {name: release}]}]}]}
`;

const config = `apiVersion: v2
actions:
  - name: both
    events: [{name: '^sh\\.keptn\\.event\\.(deployment|release)\\.triggered$'}]
    tasks: [{name: hello, image: "${testImage}", imagePullPolicy: IfNotPresent, cmd: [echo], args: [hello]}]
`;

export const openInstallation = async (): Promise<Installation> => {
  const namespace = await makeNamespace("routes");
  const name = `routes-${randomUUID().slice(0, 8)}`;
  const project = name;
  const user = makeUser({ endpoint, token });
  await user.createProject(project, shipyard);
  await user.addFiles({ project }, { "job/config.yaml": config });
  // Other people's events on the same Keptn are none of ours.
  const keptn = { KEPTN_API_ENDPOINT: endpoint, KEPTN_API_TOKEN: token, PROJECT_FILTER: project };
  const env = { ...keptn, KEPTN_SOURCE: name, JOB_NAMESPACE: namespace.name, TIMER_NAMESPACE: namespace.name };
  const [startJob, finishTask] = [await startFunction("start-job", env), await startFunction("finish-task", env)];
  const unreliability = { random: makeRandom(1), lost: 0, doubled: 0, lateMs: 0 };
  const adapter = startAdapter(namespace.api, namespace.name, { sink: finishTask.url, unreliability });
  await sleep(300); // the watch begins
  // The PingSource that start-job makes reaches no process of a test; this stands in for it.
  const sweep = setInterval(() => void fetch(finishTask.url, requestOfSweep()).catch(() => {}), 10_000);
  const sources: FunctionProcess[] = [];
  let services = 0;
  return {
    startSource: async (given) => {
      const source = await startFunction("keptn-source", { ...env, K_SINK: startJob.url, ...given });
      sources.push(source);
      return source;
    },
    openWebhook: async (host) => {
      const url = `http://${host}:${new URL(startJob.url).port}`;
      const remove = await followGuide(user, { project, tasks: ["deployment", "release"], url });
      await sleep(6000); // webhook-service looks for subscriptions every 5 s
      return remove;
    },
    triggerAll: async (count) => {
      const contexts: string[] = [];
      for (let n = 0; n < count; n++) {
        const service = `carts-${services++}`;
        await user.createService(project, service);
        contexts.push(await user.trigger({ project, stage: "dev", service }, "delivery"));
      }
      return contexts;
    },
    whenFinished: (context) =>
      until(
        `${context} is finished`,
        async () => {
          const status = await user.status(project, context);
          return status?.state === "finished" && status;
        },
        420_000, // a busy Keptn takes seconds for each event
      ),
    answersOf: async (context) => {
      const stored = await user.listStored(context);
      const answers = stored.filter(({ source }) => source === name).map(({ type }) => type.split(".").at(-1) ?? "");
      assert.ok(stored.length > 0);
      return answers;
    },
    countJobs: async (context) => {
      const selector = encodeURIComponent(`${label.context}=${context}`);
      const path = `/apis/batch/v1/namespaces/${namespace.name}/jobs?labelSelector=${selector}`;
      return (await namespace.api.call<{ items: Job[] }>({ method: "GET", path })).body.items.length;
    },
    close: async () => {
      clearInterval(sweep);
      await adapter.stop();
      await Promise.all([...sources, startJob, finishTask].map((one) => one.stop()));
      await user.deleteProject(project);
      await namespace.remove();
    },
  };
};
