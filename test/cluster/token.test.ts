// No job config can obtain Keptn's token: in real pods, with Jobs in our own namespace and the most permissive settings.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { reachingFor } from "../hostile/reaching-configs.ts";
import { loadFunctionsImage } from "./harness/image.ts";
import { makeRandom } from "./harness/random.ts";
import { type Relay, startRelay } from "./harness/relay.ts";
import { openWorld, type TestWorld, testImage, until } from "./harness/world.ts";
import { noCluster } from "./namespace.ts";

const type = "sh.keptn.event.deployment.triggered";
const taskOf = (fields: string): string => `apiVersion: v2
actions: [{name: a, events: [{name: ^${type}$}], tasks: [{name: t, image: ${testImage}, imagePullPolicy: IfNotPresent, ${fields}}]}]
`;

/** All that a task can read of itself, of its neighbours and of its volumes, but not Kubernetes' and the image's own files. */
const looks = `env; cat /proc/*/environ | tr '\\0' '\\n'; ls -la /proc/*/root/; \
find /keptn /run /var /tmp /etc /dev/termination-log -type f -exec cat {} +; cat /proc/*/cmdline`;
const looking = (more: string): string =>
  taskOf(`cmd: ["sh", "-c", ${JSON.stringify(`(${looks}) 2>&1; exit 0`)}], ${more}`);

describe("Keptn's token", { skip: noCluster }, () => {
  let [world, relay]: [TestWorld?, Relay?] = [];
  before(async () => {
    const image = await loadFunctionsImage();
    relay = await startRelay();
    world = await openWorld({
      unreliability: { random: makeRandom(1), lost: 0, doubled: 0, lateMs: 0 },
      settings: {
        ...{ KEPTN_API_ENDPOINT: `${relay.url}/api`, INIT_CONTAINER_IMAGE: image },
        ...{ ALLOWED_NAMESPACES: "*", ALLOWED_SERVICE_ACCOUNTS: "*", ALLOW_PRIVILEGED_JOBS: "true" },
      },
    });
    relay.lead(Number(new URL(world.keptn.endpoint).port));
    await addOwn(world);
  });
  after(async () => {
    await world?.close();
    await relay?.close();
  });

  const finishedOf = async (config: string) => {
    const { keptn, configure, run } = world!;
    configure(config);
    const { event, status } = await run(type);
    assert.equal(status, 204);
    await until("Keptn counted it", () => keptn.counts(event.id)?.state === "complete", 120);
    const finished = keptn.plane.received.find((e) => e.triggeredid === event.id && e.type.endsWith(".finished"));
    return { event, data: (finished?.data ?? {}) as Readonly<Record<string, unknown>> };
  };

  for (const { what, config, says = /./ } of reachingFor(taskOf)) {
    test(`cannot be obtained by a config that asks for ${what}: nothing is created`, async () => {
      const { event, data } = await finishedOf(config);
      assert.deepEqual([data["status"], data["result"]], ["errored", "fail"]);
      assert.match(String(data["message"]), says);
      assert.deepEqual(await world!.jobsOf(event), []);
    });
  }

  const own: Readonly<Record<string, string>> = {
    "as it is": "files: [a.txt]",
    "as root": "files: [a.txt], securityContext: {runAsUser: 0, runAsNonRoot: false, readOnlyRootFilesystem: false}",
    "with another account": "files: [a.txt], serviceAccount: deployer",
  };
  for (const [how, fields] of Object.entries(own)) {
    test(`is not found by a task with files that searches its whole pod, ${how}`, async () => {
      const { data } = await finishedOf(looking(`${fields}, env: [{name: a-database, valueFrom: secret}]`));
      const said = String(data["message"]);
      assert.equal(data["result"], "pass", said);
      assert.match(said, /what the file says/); // the init container had the token, and the file that it is for
      assert.match(said, /DATABASE_URL=what the Secret says/); // a Secret that is the task's arrives
      assert.ok(!said.includes(world!.keptn.token), "the token is in the output");
      assert.doesNotMatch(said, /KEPTN_API_TOKEN/);
    });
  }
});

/** What the manifests put beside the Jobs, and what a task may have. */
const addOwn = async ({ namespace: { api, name }, keptn }: TestWorld): Promise<void> => {
  const add = (resource: string, object: { metadata: { name: string } } & object) =>
    api.call({ method: "POST", path: `/api/v1/namespaces/${name}/${resource}`, body: object });
  await add("secrets", { metadata: { name: "job-service-keptn-secrets" }, ...{ stringData: { token: keptn.token } } });
  await add("secrets", {
    metadata: { name: "a-database" },
    ...{ stringData: { DATABASE_URL: "what the Secret says" } },
  });
  for (const account of ["start-job", "finish-task", "job-changes", "keptn-source", "deployer"])
    await add("serviceaccounts", { metadata: { name: account } });
  keptn.plane.projects.addFiles(
    { project: "sockshop", stage: "dev", service: "carts" },
    { "a.txt": "what the file says\n" },
  );
};
