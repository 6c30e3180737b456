import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { type Lanes, makeLanes, type Parcel } from "../../../functions/keptn-source/lanes.ts";

const parcel = (id: string, lane: string, more: { bytes?: number; listed?: boolean } = {}): Parcel => ({
  ...{ id, lane, listed: more.listed ?? true, at: new Date(0), takenAtMs: Number(id), about: {} },
  message: { headers: {}, body: "x".repeat(more.bytes ?? 1) },
});

/** Lanes whose parcels are delivered when the test says so. */
const open = () => {
  const carried: string[] = [];
  const waiting = new Map<string, () => void>();
  const lanes: Lanes = makeLanes((one) => {
    carried.push(one.id);
    return new Promise((resolve) => waiting.set(one.id, resolve));
  });
  const deliver = async (id: string): Promise<void> => {
    waiting.get(id)?.();
    await turn();
  };
  return { lanes, carried, deliver };
};

describe("lanes", () => {
  test("carry one after the other within a sequence, and sequences side by side", async () => {
    const { lanes, carried, deliver } = open();
    for (const [id, lane] of [
      ["1", "a"],
      ["2", "a"],
      ["3", "b"],
    ] as const)
      lanes.offer(parcel(id, lane));
    await turn();
    assert.deepEqual(carried, ["1", "3"]);
    assert.deepEqual([lanes.waiting, lanes.oldestTakenAtMs, lanes.has("2")], [3, 1, true]);
    await deliver("1");
    assert.deepEqual(carried, ["1", "3", "2"]);
    assert.deepEqual([lanes.waiting, lanes.has("1")], [2, false]);
    const empty = lanes.whenEmpty();
    await deliver("2");
    await deliver("3");
    await empty;
    assert.deepEqual([lanes.waiting, lanes.oldestTakenAtMs], [0, undefined]);
  });

  test("have room for so many, and room of their own for those that Keptn does not list", async () => {
    const { lanes, deliver } = open();
    const offered = Array.from({ length: 201 }, (_, n) => lanes.offer(parcel(String(n), String(n))));
    assert.deepEqual(offered.indexOf(false), 200);
    const others = Array.from({ length: 101 }, (_, n) => lanes.offer(parcel(`9${n}`, String(n), { listed: false })));
    assert.deepEqual(others.indexOf(false), 100);
    let gone = false;
    void lanes.whenOneGoes(true).then(() => {
      gone = true;
    });
    await turn();
    assert.equal(gone, false);
    await deliver("7");
    assert.equal(gone, true);
    assert.equal(lanes.offer(parcel("300", "c")), true);
  });

  test("have room for so many bytes, and for one that is larger than that alone", () => {
    const { lanes } = open();
    const large = 9 * 1024 * 1024;
    assert.equal(lanes.offer(parcel("1", "a", { bytes: large })), true);
    assert.equal(lanes.offer(parcel("2", "b")), false);
    assert.equal(lanes.offer(parcel("3", "c", { listed: false })), true);
  });
});
