// An upgrade from version 0.1.0 with open runs, and back, as docs/install.md says: every run ends once, with one pair of events.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, type TestContext, test } from "node:test";
import type { KeptnEvent } from "../../functions/lib/core/event/keptn-event.ts";
import { type KeptnDouble, startKeptn } from "../doubles/keptn/keptn-double.ts";
import { noKubectl } from "../manifests/overlays.ts";
import { noCluster } from "./namespace.ts";
import { type Installation, makeInstallation } from "./upgrade/installation.ts";
import { type Latch, startLatch } from "./upgrade/latch.ts";
import { action, makeConfig, openRuns, task, typeOf } from "./upgrade/open-runs.ts";
import { outcomeOf, takeOver } from "./upgrade/take-over.ts";
import { noVersion010, thisVersion, type Version, version010 } from "./upgrade/versions.ts";

/** Short leases, because the next version waits for those of killed processes. */
const settings = { KEPTN_RETRY_SECONDS: "3", CLAIM_LEASE_SECONDS: "12", START_GRACE_SECONDS: "10" };

/** Tasks are those whose pods ran. */
const outcomes = {
  ended: { started: 1, finished: 1, result: "pass", tasks: ["ended/only"] },
  fresh: { started: 1, finished: 1, result: "pass", tasks: ["ended/only"] },
  running: { started: 1, finished: 1, result: "pass", tasks: ["running/first", "running/second"] },
  failed: { started: 1, finished: 1, result: "fail", tasks: ["failed/first"] },
  silent: { started: 0, finished: 0, result: undefined, tasks: ["silent/only"] },
  both: { started: 2, finished: 2, result: "pass", tasks: ["quick-of-two/only", "slow-of-two/only"] },
  unannounced: { started: 1, finished: 1, result: "pass", tasks: ["unannounced/only"] },
  redelivered: { started: 1, finished: 1, result: "pass", tasks: ["redelivered/only"] },
};

/** Of version 0.1.0, or of this one, alone. */
const objects = { of010: ["apiserversource.sources.knative.dev/job-changes"], ofNext: ["configmap/job-changes"] };

describe("an upgrade from 0.1.0, and back", {
  skip: noCluster ?? noKubectl ?? noVersion010 ?? false,
  concurrency: true,
}, () => {
  let first: Promise<Version>;
  const folder = mkdtempSync(join(tmpdir(), "version-"));
  before(() => {
    first = version010(folder);
    first.catch(() => {});
  });
  after(() => rmSync(folder, { recursive: true }));

  test("0.1.0 to this version: every run ends once", async (context) => {
    const world = await open(context);
    const { installation } = world;
    const before = await installation.apply(await first);
    const runs = await openRuns(world, await first);
    const now = await installation.apply(await thisVersion());
    assert.deepEqual([only(before, now), only(now, before)], [objects.of010, objects.ofNext]);
    const all = { ...runs, fresh: world.keptn.trigger({ type: typeOf("ended") }) };
    const events = [runs.redelivered, all.fresh];
    await takeOver(world, await thisVersion(), { runs: Object.values(all), events, onReady: world.latch.open });
    await check(world, all);
    const watch = await installation.kubectl("get", "apiserversource", "job-changes", "-o", "yaml");
    assert.match(watch, /keptn\.sh\/jes-touched/, "a run adopts the ApiServerSource of 0.1.0");
  });

  test("this version to 0.1.0: every run ends once, but a graph without its conditions and values", async (context) => {
    const world = await open(context);
    const { installation, keptn } = world;
    configure(world, "graphs", graphs(world.latch.wait));
    const started = (name: string) => keptn.trigger({ type: typeOf(name), service: "graphs" });
    const graphRuns = {
      parallel: started("parallel"),
      passing: started("passing"),
      failing: started("failing"),
      values: started("values"),
    };
    await installation.apply(await thisVersion());
    const runs = await openRuns(world, await thisVersion(), Object.values(graphRuns));
    await installation.apply(await first);
    const all = { ...runs, fresh: keptn.trigger({ type: typeOf("ended") }) };
    await takeOver(world, await first, {
      runs: [...Object.values(all), ...Object.values(graphRuns)],
      events: [runs.redelivered, all.fresh],
      onReady: world.latch.open,
    });
    await check(world, all);
    await installation.kubectl("get", "apiserversource", "job-changes");
    await checkGraphs(world, graphRuns);
  });
});

interface OpenWorld {
  readonly keptn: KeptnDouble;
  readonly installation: Installation;
  readonly latch: Latch;
}

const open = async (context: TestContext): Promise<OpenWorld> => {
  const [keptn, latch] = await Promise.all([startKeptn(), startLatch()]);
  context.after(() => Promise.all([keptn.close(), latch.close()]));
  const installation = await makeInstallation(keptn, settings);
  context.after(() => installation.remove());
  const world = { keptn, latch, installation };
  configure(world, "carts", makeConfig(latch.wait));
  return world;
};

const configure = ({ keptn }: OpenWorld, service: string, config: string) =>
  keptn.plane.projects.addFiles({ project: "sockshop", stage: "dev", service }, { "job/config.yaml": config });

const only = (these: readonly string[], others: readonly string[]) => these.filter((one) => !others.includes(one));

const check = async (world: OpenWorld, runs: Readonly<Record<string, KeptnEvent>>): Promise<void> => {
  const found = await Promise.all(Object.values(runs).map((event) => outcomeOf(world, event)));
  const names = Object.keys(runs);
  const byName = Object.fromEntries(found.map(({ message, ...rest }, index) => [names[index], rest]));
  assert.deepEqual(byName, outcomes);
  const messageOf = (name: string) => found[names.indexOf(name)]?.message ?? "";
  assert.match(messageOf("running"), /first output\n[\s\S]*second output\n$/);
  assert.match(messageOf("failed"), /exit code 3[\s\S]*it broke/);
};

type GraphRun = "parallel" | "passing" | "failing" | "values";

/** What version 0.1.0 makes of them, and why docs/install.md says to let them end first. */
const checkGraphs = async (world: OpenWorld, runs: Readonly<Record<GraphRun, KeptnEvent>>): Promise<void> => {
  const of = async (name: GraphRun) => {
    const { started, finished, result, tasks, message } = await outcomeOf(world, runs[name]);
    return { seen: [started, finished, result, tasks.map((task) => task.split("/")[1]).join()], message };
  };
  assert.deepEqual((await of("parallel")).seen, [1, 1, "pass", "build,left,right"]);
  assert.deepEqual((await of("passing")).seen, [1, 1, "pass", "deploy,undo"], "undo is for failures, and ran");
  assert.deepEqual((await of("failing")).seen, [1, 1, "fail", "deploy"], "undo is for failures, and did not run");
  const { seen, message } = await of("values");
  assert.deepEqual(seen, [1, 1, "fail", "build"]);
  assert.match(message, /could not start: .*configmap "\S+-values" not found/);
};

const graphs = (wait: string): string => {
  const build = "echo '{build: {image: registry/app:17}}' > $KEPTN_RESULT";
  const undo = task("undo", "true", "when: failure");
  const value = "env: [{name: IMAGE, valueFrom: task, value: $.build.build.image}]";
  return [
    "apiVersion: v2\nactions:\n",
    action("parallel", "parallel", [
      task("build", wait),
      ...["left", "right"].map((name) => task(name, "true", "needs: [build]")),
    ]),
    action("passing", "passing", [task("deploy", wait), undo]),
    action("failing", "failing", [task("deploy", `${wait}; exit 3`), undo]),
    action("values", "values", [task("build", `${wait}; ${build}`), task("use", "echo $IMAGE", value)]),
  ].join("");
};
