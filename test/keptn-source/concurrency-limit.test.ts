import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { makeConcurrencyLimit } from "../../functions/keptn-source/concurrency-limit.ts";

/** Requests that end when the test says so. */
const open = () => {
  const limit = makeConcurrencyLimit({ all: 3, perProject: 2 });
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const begin = (name: string): void => {
    const act = () => {
      begun.push(name);
      return new Promise<void>((resolve) => ends.set(name, resolve));
    };
    void limit(name.slice(0, 1), act);
  };
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await turn();
  };
  return { limit, begun, begin, end };
};

describe("the request limit", () => {
  test("one project has a limited number, and another one need not wait for it", async () => {
    const { begun, begin, end } = open();
    for (const name of ["a1", "a2", "a3", "b1", "b2", "c1"]) begin(name);
    await turn();
    assert.deepEqual(begun, ["a1", "a2", "b1", "c1"]); // c has none: it goes, though three are under way
    await end("c1");
    assert.deepEqual(begun.slice(4), []);
    await end("a1");
    assert.deepEqual(begun.slice(4), ["a3"]);
    await end("a2");
    assert.deepEqual(begun.slice(5), ["b2"]);
  });

  test("a failed request makes room for the next", async () => {
    const { limit, begun, begin } = open();
    const refuse = () => Promise.reject(new Error("no"));
    for (let n = 0; n < 3; n++) await assert.rejects(limit("a", refuse));
    for (const name of ["a1", "a2"]) begin(name);
    await turn();
    assert.deepEqual(begun, ["a1", "a2"]);
  });
});
