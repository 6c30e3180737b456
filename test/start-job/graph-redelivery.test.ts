// A redelivered event with a config of the project, whose run had a graph: the Jobs of tasks that never ran are gone by then.
import assert from "node:assert/strict";
import { test } from "node:test";
import { label } from "../../functions/lib/core/annotations/annotations.ts";
import { reconcileRun } from "../../functions/lib/run/reconcile-run.ts";
import { startJob } from "../../functions/start-job/handler.ts";
import { openWorld } from "../doubles/world.ts";

const type = "sh.keptn.event.deployment.triggered";
const config = `apiVersion: v2
actions:
  - name: deploy
    events: [{name: ${type}}]
    tasks:
      - {name: undo, image: alpine, when: failure, needs: [build]}
      - {name: build, image: alpine, needs: []}
`;

test("a run whose first task of the config never ran does not run again", async (context) => {
  const world = await openWorld(context);
  world.keptn.plane.projects.addFiles({ project: "sockshop" } as never, { "job/config.yaml": config });
  const event = world.keptn.trigger({ type });
  await startJob(world.ports)(event);
  const [, build] = world.jobs();
  assert.equal(build?.metadata?.labels?.[label.task], "build");
  world.end(build, { exitCode: 0 });
  const runId = build.metadata?.labels?.[label.run] ?? "";
  await reconcileRun(world.ports, { runId, namespaces: ["jobs"] });
  assert.equal(world.sent("finished").length, 1);
  const left = () => world.jobs().map(({ metadata }) => metadata?.labels?.[label.task]);
  assert.deepEqual(left(), ["build"], "what never ran is deleted");
  world.pass(6); // longer than another delivery takes to create them
  const created: unknown[] = [];
  const create: typeof world.ports.jobs.create = async (job) => {
    const answer = await world.ports.jobs.create(job);
    if (answer !== "exists") created.push(job.metadata?.name);
    return answer;
  };
  await startJob({ ...world.ports, jobs: { ...world.ports.jobs, create } })(event);
  assert.deepEqual([created, left()], [[], ["build"]]);
  assert.deepEqual([world.sent("started").length, world.sent("finished").length], [1, 1]);
});
