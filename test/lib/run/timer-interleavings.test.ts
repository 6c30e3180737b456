// No open run is ever without a timer: every interleaving of a start-job and a sweep, with time passing and start-job dying anywhere.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { localJobs } from "../../../functions/cli/local/jobs.ts";
import { localKeptn } from "../../../functions/cli/local/keptn.ts";
import { emptyLog } from "../../../functions/lib/core/text/log-text.ts";
import { type SweepPorts, sweep } from "../../../functions/lib/run/sweep.ts";
import { type StartJobPorts, startJob } from "../../../functions/start-job/handler.ts";
import { settingsFor } from "../../doubles/keptn/settings.ts";
import { makeMemorySnapshots } from "../../doubles/memory-snapshots.ts";
import { makeMemoryTimer } from "../../doubles/memory-timer.ts";
import { testEvent } from "../../runs.ts";

const settings = settingsFor({ endpoint: "http://keptn/api", token: "t" }, { JOB_NAMESPACE: "jobs" });
const graceMs = settings.CREATE_GRACE_SECONDS * 1000;

const { project, stage, service, ...envelope } = testEvent;
const configText = `apiVersion: v2
actions:
  - {name: a, silent: true, events: [{name: deployment}], tasks: [{name: one, image: alpine}, {name: two, image: alpine}]}
`;

/** A process makes its pending call, start-job dies, or time passes. */
type Move = "start-job" | "sweep" | "crash" | "short time" | "long time";

interface Played {
  /** What can happen after the last move. */
  readonly next: readonly Move[];
  readonly wrong?: string;
}

/** The handlers in a small world, in which a call takes effect only when a move lets it. */
const play = async (moves: readonly Move[]): Promise<Played> => {
  let nowMs = Date.parse("2026-01-02T03:04:05Z") + 3_600_000;
  const now = () => new Date(nowMs);
  const jobs = localJobs({ now });
  const timer = makeMemoryTimer();
  await timer.touch(new Date(nowMs - 3_600_000)); // for a run that ended long ago
  const waiting = new Map<string, { readonly call: string; readonly go: () => void }>();
  const gate = (who: string) => (call: string) => new Promise<void>((go) => waiting.set(who, { call, go }));
  const gated = <T extends object>(who: string, object: T): T =>
    new Proxy(object, {
      get: (target, name) => {
        const method = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>;
        return async (...args: unknown[]) => {
          await gate(who)(String(name));
          return method(...args);
        };
      },
    });
  const portsOf = (who: string): StartJobPorts & SweepPorts => ({
    ...{ jobs: gated(who, jobs), timer: gated(who, timer), settings, snapshots: makeMemorySnapshots() },
    pods: {
      list: async () => [],
      getLog: async () => emptyLog,
      listWarnings: async () => [],
      listPodWarnings: async () => [],
    },
    keptn: localKeptn({ configText, onEvent: () => {}, onError: () => {}, now }),
    ...{ note: async () => {}, log: () => {}, clock: { now, sleep: async () => {} }, newHolderIdentity: () => who },
  });
  const event = { ...envelope, time: now().toISOString(), data: { project, stage, service } };
  const running = new Set(["start-job", "sweep"]);
  const run = (who: string, act: Promise<unknown>) => void act.catch(() => {}).finally(() => running.delete(who));
  run("start-job", startJob(portsOf("start-job"))(event));
  run("sweep", sweep(portsOf("sweep")));
  const check = async (): Promise<string | undefined> => {
    const open = (await jobs.listOpen([])).runs.size;
    return open > 0 && !timer.exists() ? `${open} open runs and no timer` : undefined;
  };
  await settle();
  for (const move of moves) {
    if (move === "crash") {
      waiting.delete("start-job");
      running.delete("start-job");
    } else if (move === "short time") nowMs += graceMs / 2;
    else if (move === "long time") nowMs += 2 * graceMs;
    else {
      const { go } = waiting.get(move)!;
      waiting.delete(move);
      go();
    }
    await settle();
    const wrong = await check();
    if (wrong) return { next: [], wrong };
  }
  // A request ends within its budget, well inside the grace period: no long time passes during one.
  const times = moves.filter((move) => move.endsWith("time")).length;
  const creating = waiting.get("start-job")?.call === "create";
  return {
    next: [
      ...(["start-job", "sweep"] as const).filter((who) => waiting.has(who)),
      ...(waiting.has("start-job") ? (["crash"] as const) : []),
      ...(running.size > 0 && times < 2 && moves.at(-1) !== "short time" ? (["short time"] as const) : []),
      ...(running.size > 0 && times < 2 && !creating ? (["long time"] as const) : []),
    ],
  };
};

/** Enough turns of the event loop for a released call to reach the next one, imports included. */
const settle = async (): Promise<void> => {
  for (let i = 0; i < 8; i++) await turn();
};

test("every interleaving leaves each open run with a timer", async () => {
  await play([]); // loads lazy modules
  let played = 0;
  const explore = async (moves: readonly Move[]): Promise<void> => {
    const { next, wrong } = await play(moves);
    played += 1;
    assert.equal(wrong, undefined, moves.join(", "));
    for (const move of next) await explore([...moves, move]);
  };
  await explore([]);
  assert.ok(played > 1000, `only ${played} orders were played`);
});
