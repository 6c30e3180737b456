// The requests of an idle keptn-source to Keptn, on a clock that jumps from pause to pause.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { SourceClock } from "../../functions/keptn-source/ports.ts";
import type { KeptnDouble } from "../doubles/keptn/keptn-double.ts";
import { openSourceWorld } from "../doubles/source-world.ts";

const minuteMs = 60 * 1000;

interface Call {
  readonly atMs: number;
  readonly call: string;
}

/** @returns the calls with their times, and how many were in progress at once */
const watchMinutes = (keptn: KeptnDouble, minutes: number) => {
  const calls: Call[] = [];
  let nowMs = 0;
  let atOnce = 0;
  const { push } = keptn.calls;
  keptn.calls.push = (...added) => {
    atOnce = Math.max(atOnce, keptn.underWay());
    calls.push(...added.map((call) => ({ atMs: nowMs, call })));
    return push.apply(keptn.calls, added);
  };
  let over = () => {};
  const passed = new Promise<void>((resolve) => {
    over = resolve;
  });
  const clock: SourceClock = {
    now: () => new Date(),
    elapsedMs: () => nowMs,
    pause: async (milliseconds, signal) => {
      if (nowMs > minutes * minuteMs) {
        over();
        if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
      }
      await turn();
      if (!signal.aborted) nowMs += milliseconds;
    },
  };
  return { calls, clock, passed, atOnce: () => atOnce };
};

const lists = ({ call }: Call): boolean => call.includes("/event/triggered/");
const gapsOf = (times: readonly number[]): readonly number[] => times.slice(1).map((time, i) => time - times[i]!);

describe("keptn-source, idle", () => {
  test("polling: at most one request per type and interval, one at a time, and fewer after a while", async (t) => {
    const { keptn, start } = await openSourceWorld(t);
    const { calls, clock, passed, atOnce } = watchMinutes(keptn, 20);
    start({ clock });
    await passed;
    const types = ["deployment", "evaluation", "release", "test"];
    for (const type of types) {
      const times = calls.filter(({ call }) => call.includes(`.${type}.triggered`)).map(({ atMs }) => atMs);
      assert.ok(
        gapsOf(times).every((gap) => gap >= 10_000),
        `${type}: ${Math.min(...gapsOf(times))} ms`,
      );
      assert.ok(times.length > 70 && times.length < 110, `${type}: ${times.length} requests`);
    }
    const others = calls.filter((call) => !lists(call)).map(({ call }) => call.replace(/\?.*|registration\/.*/s, ""));
    const rounds = others.filter((call) => call.startsWith("PUT")).length;
    assert.ok(rounds >= 6 && rounds <= 7, `${rounds} rounds`);
    assert.equal(
      others.length,
      1 + 3 * rounds,
      "it registers once; then a ping, the projects, a look into the datastore",
    );
    assert.equal(atOnce(), 1);
  });

  test("listening: nothing but a poll every few minutes", async (t) => {
    const { keptn, start } = await openSourceWorld(t);
    const { calls, clock, passed, atOnce } = watchMinutes(keptn, 60);
    start({ clock, listens: true });
    await passed;
    const perLook = [
      "PUT",
      "GET projects",
      "GET deployment",
      "GET evaluation",
      "GET release",
      "GET test",
      "GET get-sli",
    ];
    const looks = calls.filter(({ call }) => call.startsWith("PUT")).map(({ atMs }) => atMs);
    // The second one follows the connection, and two more soon after that.
    assert.ok(
      gapsOf(looks)
        .slice(3)
        .every((gap) => gap >= 180_000),
    );
    assert.ok(looks.length <= 24, `${looks.length} looks`);
    assert.equal(calls.length, 1 + perLook.length * looks.length);
    assert.equal(atOnce(), 1);
  });
});
