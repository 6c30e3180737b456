import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { makeBacklog } from "../../functions/keptn-source/backlog.ts";

const project = "p";

describe("the backlog", () => {
  test("holds a sequence back until all of its events that were let go are fetched", () => {
    const backlog = makeBacklog();
    const has = (lane: string) => backlog.has({ lane, project });
    for (const id of ["1", "2", "2"]) backlog.add({ id, lane: "a", project });
    assert.deepEqual([has("a"), has("b"), backlog.isEmpty(project)], [true, false, false]);
    assert.deepEqual([backlog.isHeard("1"), backlog.isHeard("3")], [true, false]);
    backlog.remove({ id: "1" });
    assert.equal(has("a"), true);
    backlog.remove({ id: "2" });
    backlog.remove({ id: "2" });
    assert.deepEqual([has("a"), backlog.isEmpty(project)], [false, true]);
  });

  test("forgets with a complete look what was let go before it: Keptn lists it no longer", () => {
    const backlog = makeBacklog();
    const has = (lane: string) => backlog.has({ lane, project });
    backlog.add({ id: "1", lane: "a", project });
    const endFailed = backlog.beginLook(project);
    backlog.add({ id: "2", lane: "b", project });
    const end = backlog.beginLook(project);
    backlog.add({ id: "3", lane: "b", project });
    end();
    assert.deepEqual([has("a"), has("b"), backlog.isHeard("2")], [false, true, false]);
    endFailed();
    assert.equal(has("b"), true);
  });

  test("keeps what was let go of another project", () => {
    const backlog = makeBacklog();
    backlog.add({ id: "1", lane: "a", project });
    backlog.add({ id: "2", lane: "b", project: "q" });
    backlog.beginLook("q")();
    assert.deepEqual([backlog.isEmpty(project), backlog.isEmpty("q")], [false, true]);
  });

  test("keeps what goes back while it is fetched", () => {
    const backlog = makeBacklog();
    backlog.add({ id: "1", lane: "a", project });
    const end = backlog.beginLook(project);
    backlog.remove({ id: "1" });
    backlog.add({ id: "1", lane: "a", project });
    end();
    assert.equal(backlog.isEmpty(project), false);
  });

  test("holds every sequence of a project back when there are more than it remembers", () => {
    const backlog = makeBacklog();
    for (let n = 0; n <= 20_000; n++) backlog.add({ id: String(n), lane: String(n), project });
    assert.equal(backlog.isHeard("20000"), false);
    assert.deepEqual([backlog.has({ lane: "x", project }), backlog.has({ lane: "x", project: "q" })], [true, false]);
    const end = backlog.beginLook(project);
    for (let n = 0; n < 20_000; n++) backlog.remove({ id: String(n) });
    assert.equal(backlog.isEmpty(project), false);
    end();
    assert.deepEqual([backlog.has({ lane: "x", project }), backlog.isEmpty(project)], [false, true]);
  });
});
