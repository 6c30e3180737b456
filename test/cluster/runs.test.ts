// The output of `job-executor runs` for real runs: one in progress, one that cannot start, one already reported.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import type { RunView } from "../../functions/lib/core/view/run-view.ts";
import { makeRandom } from "./harness/random.ts";
import { openWorld, type TestWorld, testImage, until } from "./harness/world.ts";
import { noCluster } from "./namespace.ts";

const main = new URL("../../functions/cli/main.ts", import.meta.url).pathname;

const task = (name: string, script: string, image = testImage): string =>
  `{name: ${name}, image: "${image}", imagePullPolicy: IfNotPresent, cmd: ["sh", "-c", ${JSON.stringify(script)}]}`;

const config = `apiVersion: v2
actions:
  - name: long
    events: [{name: ^sh.keptn.event.deployment.triggered$}]
    tasks: [${task("short", "true")}, ${task("endless", "while :; do sleep 1; done")}, ${task("last", "true")}]
  - name: no image
    events: [{name: ^sh.keptn.event.test.triggered$}]
    tasks: [${task("stuck", "true", "dev.local/there-is-none:1")}]
  - name: fine
    events: [{name: ^sh.keptn.event.release.triggered$}]
    tasks: [${task("only", `echo 'result: warning' > $KEPTN_RESULT`)}]
`;

describe("job-executor runs on a real cluster", { skip: noCluster }, () => {
  let world: TestWorld;
  before(async () => {
    world = await openWorld({ unreliability: { random: makeRandom(1), lost: 0, doubled: 0, lateMs: 0 } });
    world.configure(config);
  });
  after(() => world?.close());

  const runs = async (...args: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(process.execPath, [main, "runs", "-n", world.namespace.name, ...args]);
    return stdout;
  };
  const viewOf = async (eventId: string): Promise<RunView> => {
    const { runs: views } = JSON.parse(await runs("-o", "json")) as { runs: RunView[] };
    const view = views.find(({ event }) => event.id === eventId);
    assert.ok(view, `no run of ${eventId} in ${JSON.stringify(views)}`);
    return view;
  };
  const start = async (type: string) => (await world.run(`sh.keptn.event.${type}.triggered`)).event.id;
  const statesOf = ({ tasks }: RunView) => tasks.map(({ state }) => state);
  const phasesOf = ({ tasks }: RunView, index: number) => tasks[index]?.phases.map(({ phase }) => phase);

  test("for a run in progress: the running task, and since when", async () => {
    const id = await start("deployment");
    await until("the second task runs", async () => statesOf(await viewOf(id))[1] === "running");
    const view = await viewOf(id);
    assert.deepEqual([view.state, view.open, view.stuck], ["running", true, false]);
    assert.deepEqual(statesOf(view), ["passed", "running", "waiting"]);
    assert.deepEqual(phasesOf(view, 1), ["waiting", "starting", "running"]);
    assert.match(await runs(), /▶ running .* 2\/3 endless .* sockshop\/dev\/carts/);
    assert.match(await runs(id), /✔ short[\s\S]*▶ endless[\s\S]*kubectl -n \S+ logs job\/job-executor-service-job-/);
  });

  test("for a run with a missing image: that it is stuck, in the kubelet's words", async () => {
    const id = await start("test");
    await until("the kubelet says so", async () => (await viewOf(id)).stuck);
    const view = await viewOf(id);
    assert.deepEqual([view.state, statesOf(view)], ["cannot-start", ["cannot-start"]]);
    assert.match(
      view.why ?? "",
      /^Task 'stuck' cannot start \(image dev\.local\/there-is-none:1\): (ErrImagePull|ImagePullBackOff): /,
    );
    assert.match(view.fix ?? "", /image's name/);
    assert.match(await runs("-o", "mermaid"), /^gantt\n[\s\S]*there-is-none/);
  });

  test("for a reported run: how it ended, as reported to Keptn, and when", async () => {
    const id = await start("release");
    await until("it was reported", async () => !(await viewOf(id)).open);
    const view = await viewOf(id);
    assert.equal(world.keptn.counts(id)?.result?.result, "warning");
    assert.deepEqual([view.state, view.stuck, statesOf(view)], ["warning", false, ["passed"]]);
    assert.ok(Date.parse(view.announcedAt ?? "") < Date.parse(view.reportedAt ?? ""));
  });
});
