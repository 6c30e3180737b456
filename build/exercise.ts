// Provides Keptn and an API server, the doubles of the tests, for one typical run of every program.
import { setTimeout as sleep } from "node:timers/promises";
import { type FetchOrder, makeFetchEnv } from "../functions/lib/core/files/fetch-order.ts";
import { literalOf } from "../functions/lib/core/job/literal.ts";
import type { Job } from "../functions/lib/core/kubernetes.ts";
import { phaseOf } from "../functions/lib/core/run/run-state.ts";
import { startKeptn } from "../test/doubles/keptn/keptn-double.ts";
import { startApiServer } from "../test/doubles/kubernetes/api-server.ts";
import { requestOfChange, requestOfEvent } from "../test/doubles/requests.ts";

const scope = { project: "sockshop", stage: "dev", service: "carts" };
const type = "sh.keptn.event.deployment.triggered";
const files = {
  "job/config.yaml": `apiVersion: v2
actions:
  - name: deploy
    events: [{name: ${type}, jsonpath: {property: $.data.stage, match: dev}}]
    tasks:
      - name: deploy
        files: [scripts]
        image: example.org/deploy:1.2.3
        cmd: [sh]
        args: [/keptn/scripts/deploy.sh]
        env: [{name: STAGE, value: $.data.stage, valueFrom: event}]
`,
  "scripts/deploy.sh": "#!/bin/sh\n",
};

/** The order for fetch-files. */
const order: FetchOrder = {
  ...{ ...scope, files: ["scripts"], executable: "detect" as const, graceSeconds: 0 },
  limits: { fileBytes: 1e6, totalBytes: 1e6, count: 10 },
};

export const openExercise = async () => {
  const [keptn, kubernetes] = await Promise.all([startKeptn(), startApiServer()]);
  keptn.plane.projects.addFiles(scope, files);
  kubernetes.fateOf = () => ({ log: "deployed\n" });
  return {
    /** Environment of a program, with the addresses of both. */
    env: {
      ...{ KUBECONFIG: kubernetes.kubeconfig, KEPTN_API_ENDPOINT: keptn.endpoint, KEPTN_API_TOKEN: keptn.token },
      ...Object.fromEntries(makeFetchEnv(order).map(({ name, value = "" }) => [name, literalOf(value)])),
      K_SINK: "http://127.0.0.1:9",
    },
    /** For start-job: an event that starts a run. */
    keptnEvent: () => requestOfEvent({ ...keptn.trigger({ type, labels: { build: "17" } }) }),
    /** For finish-task: the end of start-job's run. */
    jobChange: async () => requestOfChange("update", await endedJob(() => kubernetes.jobs())),
    /** Resolves when a program has sent requests to Keptn, and none for a second. */
    quiet: async () => {
      for (let seen = 0; seen === 0 || seen !== keptn.calls.length || keptn.underWay() > 0; await sleep(1000)) {
        seen = keptn.calls.length;
      }
      keptn.calls.length = 0;
    },
    close: () => Promise.all([keptn.close(), kubernetes.close()]),
  };
};

const endedJob = async (jobs: () => readonly Job[]): Promise<Job> => {
  for (;;) {
    const ended = jobs().find((job) => phaseOf(job) === "succeeded");
    if (ended) return ended;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};
