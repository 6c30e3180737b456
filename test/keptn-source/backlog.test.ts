import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { makeBacklog } from "../../functions/keptn-source/backlog.ts";

const project = "p";

describe("the backlog", () => {
  test("holds a sequence back until all of its returned events are fetched", () => {
    const backlog = makeBacklog();
    const has = (key: string) => backlog.has({ key, project });
    for (const id of ["1", "2", "2"]) backlog.add({ id, key: "a", project });
    assert.deepEqual([has("a"), has("b"), backlog.isEmpty(project)], [true, false, false]);
    assert.deepEqual([backlog.isHeard("1"), backlog.isHeard("3")], [true, false]);
    backlog.remove({ id: "1" });
    assert.equal(has("a"), true);
    backlog.remove({ id: "2" });
    backlog.remove({ id: "2" });
    assert.deepEqual([has("a"), backlog.isEmpty(project)], [false, true]);
  });

  test("forgets events that were returned before a complete poll: Keptn no longer lists them", () => {
    const backlog = makeBacklog();
    const has = (key: string) => backlog.has({ key, project });
    backlog.add({ id: "1", key: "a", project });
    const endFailed = backlog.beginPoll(project);
    backlog.add({ id: "2", key: "b", project });
    const end = backlog.beginPoll(project);
    backlog.add({ id: "3", key: "b", project });
    end();
    assert.deepEqual([has("a"), has("b"), backlog.isHeard("2")], [false, true, false]);
    endFailed();
    assert.equal(has("b"), true);
  });

  test("keeps events that were returned for another project", () => {
    const backlog = makeBacklog();
    backlog.add({ id: "1", key: "a", project });
    backlog.add({ id: "2", key: "b", project: "q" });
    backlog.beginPoll("q")();
    assert.deepEqual([backlog.isEmpty(project), backlog.isEmpty("q")], [false, true]);
  });

  test("keeps an event that is returned again while it is fetched", () => {
    const backlog = makeBacklog();
    backlog.add({ id: "1", key: "a", project });
    const end = backlog.beginPoll(project);
    backlog.remove({ id: "1" });
    backlog.add({ id: "1", key: "a", project });
    end();
    assert.equal(backlog.isEmpty(project), false);
  });

  test("holds back every sequence of a project with more events than it can remember", () => {
    const backlog = makeBacklog();
    for (let n = 0; n <= 20_000; n++) backlog.add({ id: String(n), key: String(n), project });
    assert.equal(backlog.isHeard("20000"), false);
    assert.deepEqual([backlog.has({ key: "x", project }), backlog.has({ key: "x", project: "q" })], [true, false]);
    const end = backlog.beginPoll(project);
    for (let n = 0; n < 20_000; n++) backlog.remove({ id: String(n) });
    assert.equal(backlog.isEmpty(project), false);
    end();
    assert.deepEqual([backlog.has({ key: "x", project }), backlog.isEmpty(project)], [false, true]);
  });
});
