// Two actions for one event on a real Keptn, with start-job killed between their .started events: both run, and Keptn continues only after both.
// Jobs are in memory: what counts is how Keptn counts. SIBLING_RUNS says how often, 3 times if not given.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { activeStatus, endedStatuses } from "../../functions/cli/local/job-status.ts";
import { localJobs } from "../../functions/cli/local/jobs.ts";
import { finishTask } from "../../functions/finish-task/handler.ts";
import { label } from "../../functions/lib/core/annotations/annotations.ts";
import type { KeptnEvent } from "../../functions/lib/core/event/keptn-event.ts";
import { emptyLog } from "../../functions/lib/core/text/log-text.ts";
import { connectKeptn } from "../../functions/lib/keptn/keptn.ts";
import type { SweepPorts } from "../../functions/lib/run/sweep.ts";
import { type StartJobPorts, startJob } from "../../functions/start-job/handler.ts";
import { refOf } from "../contract/jobs.contract.ts";
import { type KeptnUser, makeUser } from "../contract/keptn-user.ts";
import { settingsFor } from "../doubles/keptn/settings.ts";
import { makeMemorySnapshots } from "../doubles/memory-snapshots.ts";
import { makeMemoryTimer } from "../doubles/memory-timer.ts";

const type = "sh.keptn.event.deployment.triggered";
const action = (name: string) =>
  `  - {name: ${name}, events: [{name: ${type}}], tasks: [{name: ${name}, image: alpine}]}\n`;
const config = `apiVersion: v2\nactions:\n${action("deploy")}${action("scan")}`;
const shipyard = `apiVersion: spec.keptn.sh/0.2.3
kind: Shipyard
metadata: {name: siblings}
spec: {stages: [{name: dev, sequences: [{name: delivery, tasks: [{name: deployment}, {name: test}]}]}]}
`;
const times = Number(process.env["SIBLING_RUNS"] ?? 3);

/** Both functions beside Jobs in memory, with a clock that the test sets forward. */
const openFunctions = (address: { endpoint: string; token: string }) => {
  let aheadMs = 0;
  const now = () => new Date(Date.now() + aheadMs);
  const jobs = localJobs({ now });
  const settings = settingsFor(address, {
    ...{ JOB_NAMESPACE: "jobs", KEPTN_RETRY_SECONDS: "8", CLAIM_LEASE_SECONDS: "30", API_PROXY_HTTP_TIMEOUT: "5" },
  });
  const ports: StartJobPorts & SweepPorts = {
    ...{ jobs, settings, timer: makeMemoryTimer(), snapshots: makeMemorySnapshots(), keptn: connectKeptn(settings) },
    pods: {
      list: async () => [],
      getLog: async () => emptyLog,
      listWarnings: async () => [],
      listPodWarnings: async () => [],
    },
    ...{ note: async () => {}, log: () => {}, newHolderIdentity: randomUUID },
    clock: { now, sleep: (milliseconds) => sleep(milliseconds) },
  };
  const jobOf = async (event: KeptnEvent, name: string) =>
    (await jobs.listEvent(event.id, ["jobs"])).find((job) => job.metadata?.labels?.[label.action] === name) ??
    assert.fail(`no Job of ${name}`);
  return {
    ports,
    jobOf,
    pass: (seconds: number) => {
      aheadMs += seconds * 1000;
    },
    end: async (event: KeptnEvent, name: string) => {
      const job = await jobOf(event, name);
      for (const status of endedStatuses(activeStatus(now()), "succeeded", now())) jobs.setStatus(refOf(job), status);
      const data = { kind: "Job", ...(await jobOf(event, name)) };
      await finishTask(ports, new Set())({ type: "dev.knative.apiserver.resource.update", data }).catch(() => {});
    },
    sweep: () => finishTask(ports, new Set())({ type: "ping", data: { action: "sweep" } }),
  };
};

/** A process that is killed: what it was about to send never leaves it, and nothing comes after. */
const killedBefore = (source: string, ports: StartJobPorts) => {
  const dead = Promise.withResolvers<never>();
  const killed = Promise.withResolvers<void>();
  const send: StartJobPorts["keptn"]["send"] = async (event) => {
    if (event.source !== source) return ports.keptn.send(event);
    killed.resolve();
    return dead.promise;
  };
  return { ports: { ...ports, keptn: { ...ports.keptn, send } }, killed: killed.promise };
};

describe("two actions for one event, start-job killed between their .started events", () => {
  const project = `siblings-${randomUUID().slice(0, 8)}`;
  const { KEPTN_ENDPOINT: endpoint = "", KEPTN_API_TOKEN: token = "" } = process.env;
  let user: KeptnUser;
  before(async () => {
    assert.ok(endpoint && token, "Set KEPTN_ENDPOINT (up to /api) and KEPTN_API_TOKEN.");
    user = makeUser({ endpoint, token });
    await user.createProject(project, shipyard);
    await user.addFiles({ project }, { "job/config.yaml": config });
  });
  after(() => user?.deleteProject(project));

  for (let run = 1; run <= times; run++) {
    test(`both run, and Keptn continues only after both (${run} of ${times})`, async () => {
      const { ports, jobOf, pass, end, sweep } = openFunctions({ endpoint, token });
      const service = `carts-${randomUUID().slice(0, 8)}`;
      await user.createService(project, service);
      const context = await user.trigger({ project, stage: "dev", service }, "delivery");
      const event = await user.nextEvent(project, context, type);
      const isPast = async () => (await user.status(project, context)).previousTasks.length > 0;
      const dying = killedBefore("job-executor-service#2", ports);
      void startJob(dying.ports)(event).catch(() => {});
      await dying.killed;
      for (let tries = 0; (await jobOf(event, "deploy")).spec?.suspend && tries < 100; tries++) await sleep(100);
      await end(event, "deploy");
      await sleep(2000);
      assert.equal(await isPast(), false, "Keptn went on without the second action");
      assert.equal((await jobOf(event, "scan")).spec?.suspend, true);
      pass(61);
      await sweep();
      pass(61);
      await sweep();
      assert.equal((await jobOf(event, "scan")).spec?.suspend, false, "the second action does not run");
      assert.equal(await isPast(), false, "Keptn went on before the second action ended");
      await end(event, "scan");
      const next = await user.nextEvent(project, context, "sh.keptn.event.test.triggered");
      assert.ok(next);
      assert.equal((await user.status(project, context)).previousTasks[0]?.result, "pass");
      await user.abort(project, context);
    });
  }
});
