import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import {
  type DeliveryOutcome,
  type KeyedQueue,
  makeKeyedQueue,
  type QueuedEvent,
} from "../../functions/keptn-source/keyed-queue.ts";

interface More {
  readonly bytes?: number;
  readonly listed?: boolean;
  readonly project?: string;
}

const parcel = (id: string, key: string, more: More = {}): QueuedEvent => ({
  ...{ id, type: "t", key, project: more.project ?? "p", listed: more.listed ?? true },
  ...{ at: new Date(0), takenAtMs: Number(id), about: {} },
  message: { headers: {}, body: "x".repeat(more.bytes ?? 1) },
});

/** Lanes whose parcels are delivered when the test says so. */
const open = () => {
  const carried: string[] = [];
  const gone: string[] = [];
  const waiting = new Map<string, (how: DeliveryOutcome) => void>();
  const lanes: KeyedQueue = makeKeyedQueue({
    deliver: (one, dropped) => {
      carried.push(one.id);
      return new Promise((resolve) => {
        waiting.set(one.id, resolve);
        dropped.addEventListener("abort", () => resolve("over"));
      });
    },
    afterDelivery: ({ id }, how) => gone.push(`${id} ${how}`),
  });
  const end = async (id: string, how: DeliveryOutcome = "delivered"): Promise<void> => {
    waiting.get(id)?.(how);
    await turn();
  };
  return { lanes, carried, gone, end };
};

describe("lanes", () => {
  test("carry one after the other within a sequence, and sequences side by side", async () => {
    const { lanes, carried, end } = open();
    for (const [id, key] of [
      ["1", "a"],
      ["2", "a"],
      ["3", "b"],
    ] as const)
      lanes.offer(parcel(id, key));
    await turn();
    assert.deepEqual(carried, ["1", "3"]);
    assert.deepEqual([lanes.waiting, lanes.oldestTakenAtMs, lanes.has("2")], [3, 1, true]);
    await end("1");
    assert.deepEqual(carried, ["1", "3", "2"]);
    assert.deepEqual([lanes.waiting, lanes.has("1")], [2, false]);
    const empty = lanes.whenEmpty();
    await end("2");
    await end("3");
    await empty;
    assert.deepEqual([lanes.waiting, lanes.oldestTakenAtMs], [0, undefined]);
  });

  test("have room for so many of a project, and room of their own for those that Keptn does not list", async () => {
    const { lanes, end } = open();
    const offered = Array.from({ length: 201 }, (_, n) => lanes.offer(parcel(String(n), String(n))));
    assert.deepEqual(offered.indexOf(false), 100);
    const others = Array.from({ length: 101 }, (_, n) => lanes.offer(parcel(`9${n}`, String(n), { listed: false })));
    assert.deepEqual(others.indexOf(false), 100);
    let gone = false;
    void lanes.whenRoom("p").then(() => {
      gone = true;
    });
    await turn();
    assert.equal(gone, false);
    await end("7");
    assert.equal(gone, true);
    assert.equal(lanes.offer(parcel("300", "c")), true);
  });

  test("keep a place for one more project, however many hold what they can get", () => {
    const { lanes } = open();
    for (let project = 0; project < 30; project++) {
      const offered = Array.from({ length: 40 }, (_, n) =>
        lanes.offer(parcel(`${project}${n}`, `${project}${n}`, { project: String(project) })),
      );
      assert.equal(offered[0], project < 8 ? true : offered[0]);
    }
    assert.ok(lanes.waiting <= 200);
  });

  test("let a listed event go back, and those that follow it in its sequence", async () => {
    const { lanes, carried, gone, end } = open();
    for (const id of ["1", "2"]) lanes.offer(parcel(id, "a"));
    lanes.offer(parcel("3", "a", { listed: false }));
    lanes.offer(parcel("4", "b"));
    await turn();
    await end("1", "returned");
    assert.deepEqual(gone, ["1 returned", "2 returned"]);
    assert.deepEqual(carried, ["1", "4", "3"]);
    await end("3");
    lanes.offer(parcel("1", "a"));
    await turn();
    await end("1");
    assert.deepEqual(gone.slice(2), ["3 delivered", "1 delivered"]);
  });

  test("drop one that nobody waits for, and go on behind it", async () => {
    const { lanes, carried, gone } = open();
    for (const id of ["1", "2"]) lanes.offer(parcel(id, "a"));
    await turn();
    lanes.drop("1");
    await turn();
    assert.deepEqual([gone, carried, lanes.held().map(({ id }) => id)], [["1 over"], ["1", "2"], ["2"]]);
  });

  test("have room for so many bytes, and for one that is larger than that alone", () => {
    const { lanes } = open();
    const large = 9 * 1024 * 1024;
    assert.equal(lanes.offer(parcel("1", "a", { bytes: large })), true);
    assert.equal(lanes.offer(parcel("2", "b")), false);
    assert.equal(lanes.offer(parcel("3", "c", { listed: false })), true);
  });
});
