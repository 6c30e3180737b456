// A run with a graph of tasks, driven by the ends of its tasks.
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { label } from "../../../functions/lib/core/annotations/annotations.ts";
import type { Job } from "../../../functions/lib/core/kubernetes.ts";
import { phaseOf } from "../../../functions/lib/core/run/run-state.ts";
import { inspectRun } from "../../../functions/lib/run/inspect-run.ts";
import { reconcileRun } from "../../../functions/lib/run/reconcile-run.ts";
import { startJob } from "../../../functions/start-job/handler.ts";
import { openWorld, type World } from "../../doubles/world.ts";

export interface GraphWorld {
  readonly world: World;
  readonly job: (name: string) => Job;
  /** Names of the running tasks. */
  readonly running: () => string[];
  /** Ends these tasks at once, and reconciles the run. */
  readonly end: (ends: Readonly<Record<string, number>>, result?: string) => Promise<void>;
  /** Reconciles like a sweep. */
  readonly sweep: () => Promise<void>;
  readonly finished: () => { readonly status: string; readonly result: string; readonly message: string };
}

const type = "sh.keptn.event.deployment.triggered";

/** @param tasks YAML fields of each task, by name */
export const startGraph = async (
  context: TestContext,
  tasks: Readonly<Record<string, string>>,
  action = "",
): Promise<GraphWorld> => {
  const world = await openWorld(context);
  const lines = Object.entries(tasks).map(
    ([name, fields]) => `{name: ${name}, image: alpine${fields && `, ${fields}`}}`,
  );
  const head = `name: deploy, events: [{name: ${type}}]${action && `, ${action}`}`;
  world.configure(`apiVersion: v2\nactions: [{${head}, tasks: [${lines.join(", ")}]}]`);
  await startJob(world.ports)(world.keptn.trigger({ type }));
  const names = Object.keys(tasks);
  const job = (name: string): Job => {
    const found = world.jobs()[names.indexOf(name)];
    assert.ok(found, name);
    return found;
  };
  const run = { runId: world.jobs()[0]?.metadata?.labels?.[label.run] ?? "", namespaces: ["jobs"] };
  return {
    ...{ world, job },
    running: () => names.filter((name) => phaseOf(job(name)) === "running"),
    end: async (ends, result) => {
      for (const [name, exitCode] of Object.entries(ends)) {
        world.end(job(name), { exitCode, log: `${name} says`, ...(result ? { result } : {}) });
      }
      await reconcileRun(world.ports, run);
    },
    sweep: async () =>
      void (await reconcileRun(world.ports, run, { inspect: (state) => inspectRun(world.ports, state) })),
    finished: () => {
      const [event, ...more] = world.sent("finished");
      assert.ok(event && more.length === 0, `${more.length} more`);
      return event.data as { status: string; result: string; message: string };
    },
  };
};
