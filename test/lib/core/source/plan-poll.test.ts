import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isListed, planPoll } from "../../../../functions/lib/core/source/plan-poll.ts";
import type { Project } from "../../../../functions/lib/core/source/project.ts";
import type { Subscription } from "../../../../functions/lib/core/source/subscription.ts";

const typeOf = (task: string) => `sh.keptn.event.${task}.triggered`;
const project = (name: string, ...tasks: string[]): Project => ({ name, types: tasks.map(typeOf) });
const to = (event: string, filter: Partial<Subscription["filter"]> = {}): Subscription => ({
  event,
  filter: { projects: [], stages: [], services: [], ...filter },
});
const typesOf = (...given: Parameters<typeof planPoll>) => planPoll(...given).listings.map(({ type }) => type);

const projects = [project("sockshop", "deployment", "test", "dev.delivery"), project("podtato", "test", "release")];

describe("a poll", () => {
  test("lists a subscribed type, whether or not any project knows it", () => {
    assert.deepEqual(typesOf([to(typeOf("test")), to(typeOf("later"))], projects), [typeOf("later"), typeOf("test")]);
  });
  test("lists, for a pattern, the matching types of the projects' shipyard files, each once", () => {
    const all = [to("sh.keptn.event.*.triggered"), to(typeOf("test"))];
    assert.deepEqual(typesOf(all, projects), ["deployment", "release", "test"].map(typeOf));
    assert.ok(typesOf([to("sh.keptn.event.>")], projects).includes(typeOf("dev.delivery")));
  });
  test("lists, for a pattern, only types of the projects in its filter", () => {
    assert.deepEqual(typesOf([to("sh.keptn.event.>", { projects: ["podtato"] })], projects), [
      typeOf("release"),
      typeOf("test"),
    ]);
  });
  test("skips types that are never open", () => {
    assert.deepEqual(typesOf([to("sh.keptn.event.test.finished"), to("sh.keptn.event.*.started")], projects), []);
    const listed = ["sh.keptn.event.test.triggered", "a.*", "a.>"];
    const never = ["sh.keptn.event.test.finished", "sh.keptn.event.*.started"];
    assert.deepEqual([...listed, ...never].filter(isListed), listed);
  });
  test("filters by project, stage or service when all subscriptions to the type name the same one", () => {
    const one = { projects: ["sockshop"], stages: ["dev"] };
    const [listing] = planPoll([to(typeOf("test"), { ...one, services: ["a", "b"] })], projects).listings;
    assert.deepEqual(listing, { type: typeOf("test"), project: "sockshop", stage: "dev" });
    const two = planPoll([to(typeOf("test"), one), to("sh.keptn.event.>", { projects: ["sockshop"] })], projects);
    assert.deepEqual(
      two.listings.find(({ type }) => type === typeOf("test")),
      { type: typeOf("test"), project: "sockshop" },
    );
    const [any] = planPoll([to(typeOf("test"), one), to(typeOf("test"))], projects).listings;
    assert.deepEqual(any, { type: typeOf("test") });
  });
  test("searches the datastore for lighthouse's get-sli in each subscribed project, and does not list it", () => {
    const subscribed = [to(typeOf("get-sli"), { projects: ["podtato"] })];
    assert.deepEqual(planPoll(subscribed, projects), {
      listings: [],
      searches: [{ type: typeOf("get-sli"), project: "podtato" }],
    });
    assert.equal(planPoll([to("sh.keptn.event.*.triggered")], projects).searches.length, 2);
    assert.deepEqual(planPoll([to(typeOf("test"))], projects).searches, []);
  });
  test("lists get-sli as well when a shipyard file has a task of that name", () => {
    assert.deepEqual(typesOf([to(typeOf("get-sli"))], [project("p", "get-sli")]), [typeOf("get-sli")]);
  });
});
