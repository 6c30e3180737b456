// Tasks in real pods read files that start-job stored in a ConfigMap (FILES_MODE=snapshot), in a namespace that enforces `restricted`.
import assert from "node:assert/strict";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import type { KeptnEvent } from "../../functions/lib/core/event/keptn-event.ts";
import type { ConfigMap, Job } from "../../functions/lib/core/kubernetes.ts";
import { refOf } from "../../functions/lib/core/object-meta.ts";
import { planRuns } from "../../functions/lib/core/plan/plan.ts";
import { phaseOf } from "../../functions/lib/core/run/run-state.ts";
import { keepSnapshots, takeSnapshots } from "../../functions/lib/files/snapshot.ts";
import { pathOfJob } from "../../functions/lib/kubernetes/job-paths.ts";
import { connectJobs } from "../../functions/lib/kubernetes/jobs.ts";
import { connectPods } from "../../functions/lib/kubernetes/pods.ts";
import { connectSnapshots } from "../../functions/lib/kubernetes/snapshot.ts";
import { settingsFor } from "../doubles/keptn/settings.ts";
import { makeFilesDouble } from "../doubles/keptn-files.ts";
import { testImage, until } from "./harness/world.ts";
import { makeNamespace, noCluster, type TestNamespace } from "./namespace.ts";

const binary = randomBytes(500_000);
const service = {
  "scripts/say it.sh": '#!/bin/sh\necho "it ran"\n',
  "data/ünï+%.bin": binary,
  "data/empty": "",
  top: "top\n",
};

const script = [
  "'/keptn/scripts/say it.sh'",
  "sha256sum /keptn/data/*.bin",
  "echo new > /keptn/new && cat /keptn/new",
  "echo x >> /keptn/top || echo read-only",
].join("; ");

const config = `apiVersion: v2
actions:
  - name: snapshot
    events: [{name: sh.keptn.event.test.triggered}]
    tasks:
      - name: snapshot
        image: ${testImage}
        imagePullPolicy: IfNotPresent
        files: [/]
        cmd: ["sh", "-c", ${JSON.stringify(script)}]
`;

describe("files in a ConfigMap", { skip: noCluster }, () => {
  let namespace: TestNamespace;
  before(async () => {
    namespace = await makeNamespace("snapshot", { "pod-security.kubernetes.io/enforce": "restricted" });
  });
  after(() => namespace?.remove());

  const mapsPath = () => `/api/v1/namespaces/${namespace.name}/configmaps`;
  const listMaps = async () => {
    const { body } = await namespace.api.call<{ items: ConfigMap[] }>({ method: "GET", path: mapsPath() });
    return body.items.filter(({ metadata }) => metadata?.name?.startsWith("job-executor-service-job"));
  };

  const planJob = (): Job => {
    const settings = settingsFor({ endpoint: "http://keptn/api", token: "t" }, { JOB_NAMESPACE: namespace.name });
    const plan = planRuns({ event: makeEvent(), configText: config, configFile: "job/config.yaml", settings });
    const [job] = plan.kind === "run" ? (plan.runs[0]?.jobs ?? []) : [];
    assert.ok(job, JSON.stringify(plan));
    return job;
  };

  test("arrive byte for byte, scripts run, /keptn is writable, and the files are deleted with their Job", async () => {
    const { api } = namespace;
    const jobs = connectJobs(api);
    const snapshots = connectSnapshots(api);
    const taken = await takeSnapshots([planJob()], {
      connectFiles: () => makeFilesDouble({ service }),
      log: assert.fail,
    });
    assert.ok(taken.kind === "taken" && taken.jobs[0]);
    const job = await jobs.create(taken.jobs[0]);
    assert.ok(job !== "exists");
    await keepSnapshots([job], taken.files, snapshots);
    await keepSnapshots([job], taken.files, snapshots); // as another delivery of the same event would
    assert.equal((await listMaps()).length, 1);

    await jobs.patch(refOf(job), { suspend: false, finalizeJob: true });
    const read = async () => (await api.call<Job>({ method: "GET", path: pathOfJob(refOf(job)) })).body;
    await until("the Job ends", async () => ["succeeded", "failed"].includes(phaseOf(await read())));
    const pods = connectPods(api);
    const [pod] = await pods.list(refOf(job));
    assert.equal(pod?.spec?.initContainers, undefined);
    const container = pod?.spec?.containers[0]?.name ?? "";
    const ref = { namespace: namespace.name, name: pod?.metadata?.name ?? "" };
    const { head, tail } = await pods.getLog(ref, container, { headBytes: 10_000, tailBytes: 0 });
    const output = head + tail;
    assert.match(output, /^it ran$/m);
    assert.ok(output.includes(createHash("sha256").update(binary).digest("hex")), output);
    assert.match(output, /^new$/m);
    assert.match(output, /^read-only$/m);

    await jobs.delete(refOf(job));
    await until("the ConfigMap is gone", async () => (await listMaps()).length === 0);
  });

  test("of the largest allowed size and number fit into a real ConfigMap and a real Job", async () => {
    const { api } = namespace;
    const jobs = connectJobs(api);
    const names = Array.from({ length: 100 }, (_, i) => `folder/${"long name ".repeat(20)}${i}`);
    const most = Object.fromEntries(names.map((name) => [name, randomBytes(9 * 1024)]));
    const taken = await takeSnapshots([planJob()], {
      connectFiles: () => makeFilesDouble({ service: most }),
      log: assert.fail,
    });
    assert.ok(taken.kind === "taken" && taken.jobs[0]);
    const job = await jobs.create(taken.jobs[0]);
    assert.ok(job !== "exists");
    await keepSnapshots([job], taken.files, connectSnapshots(api));
    const [map] = await listMaps();
    assert.equal(Object.keys(map?.binaryData ?? {}).length, 100);
    await jobs.patch(refOf(job), { finalizeJob: true });
  });
});

const makeEvent = (): KeptnEvent => ({
  ...{ id: randomUUID(), type: "sh.keptn.event.test.triggered", source: "shipyard-controller", shkeptncontext: "c" },
  data: { project: "sockshop", stage: "dev", service: "carts" },
});
