// docs/asyncapi.yaml says what the code reads and sends: each message is held against events that were read, and answers that were made.
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { parse } from "yaml";
import * as z from "zod";
import { type Envelope, envelopeOf, parseKeptnEvent } from "../../functions/lib/core/event/keptn-event.ts";
import { makeFinished, makeRefused, makeStarted } from "../../functions/lib/core/report/finished-event.ts";
import { parseResult } from "../../functions/lib/core/report/result.ts";
import { parseTrigger } from "../../functions/lib/core/run/trigger.ts";
import manifest from "../../package.json" with { type: "json" };
import { goldenCases } from "../golden.ts";

const api = parse(readFileSync("docs/asyncapi.yaml", "utf8"));
const names = ["keptnEvent", "thinEvent", "jobChanged", "sweep", "started", "finished"] as const;
type Message = (typeof names)[number];

/** @returns what does not fit */
const misfits = (message: Message, value: unknown): readonly string[] => {
  const { success, error } = z.fromJSONSchema(api.components.schemas[message]).safeParse(value);
  return success ? [] : error.issues.map(({ path, message: said }) => `${path.join(".")}: ${said}`);
};

const examples = globSync("docs/examples/*/event.json").map((file) => readFileSync(file, "utf8"));
const events = [...examples, ...goldenCases("plan").map(({ read }) => read("event.json") ?? "")].map((text) =>
  JSON.parse(text),
);

const envelopes: readonly Envelope[] = events.flatMap((value) => {
  const parsed = parseKeptnEvent(value);
  return parsed.kind === "event" && parsed.event.type.endsWith(".triggered") ? [envelopeOf(parsed.event)] : [];
});

const thin = {
  specversion: "1.0",
  id: "1",
  type: "sh.keptn.event.test.triggered",
  source: "shipyard-controller",
  data: { project: "sockshop" },
};

describe("asyncapi.yaml", () => {
  test("has the version of the package", () => assert.equal(api.info.version, manifest.version));
  test("has messages that all lead to one of its schemas", () => {
    assert.deepEqual(Object.keys(api.components.messages), names);
    assert.deepEqual(Object.keys(api.components.schemas), names);
    const broken = referencesIn(api).filter((reference) => lookUp(reference) === undefined);
    assert.deepEqual(broken, []);
  });
  test("takes every event of the examples and golden cases", () => {
    assert.ok(events.length > 60);
    assert.deepEqual(
      events.flatMap((event) => misfits("keptnEvent", event)),
      [],
    );
  });
  test("tells a thin event from a whole one as start-job does", () => {
    assert.equal(parseKeptnEvent(thin).kind, "thin");
    assert.deepEqual(misfits("thinEvent", thin), []);
    assert.notDeepEqual(misfits("thinEvent", events[0]), []);
    assert.notDeepEqual(misfits("keptnEvent", thin), []);
  });
  test("requires of a whole event what start-job requires", () => {
    const [event] = events;
    for (const name of api.components.schemas.keptnEvent.required) {
      const { [name]: _, ...rest } = event;
      assert.notDeepEqual(misfits("keptnEvent", rest), []);
      if (name !== "specversion") assert.notEqual(parseKeptnEvent(rest).kind, "event", name);
    }
  });
  test("has the hints that finish-task takes", () => {
    const attributes = { specversion: "1.0", id: "1", source: "s" };
    for (const type of api.components.schemas.jobChanged.properties.type.enum) {
      const changed = { ...attributes, type, data: { kind: "Job", metadata: { namespace: "jobs" } } };
      assert.deepEqual(misfits("jobChanged", changed), []);
      assert.deepEqual(parseTrigger(changed), { kind: "nothing", why: "the Job is not one of ours" });
    }
    const tick = { ...attributes, type: "dev.knative.sources.ping", data: { action: "sweep" } };
    assert.deepEqual(misfits("sweep", tick), []);
    assert.deepEqual(parseTrigger(tick), { kind: "sweep" });
  });
  test("has every answer that is made", () => {
    assert.ok(envelopes.length > 50);
    const source = "job-executor-service";
    const rest = { source, reports: [], maxBytes: 49_152 };
    for (const event of envelopes) {
      assert.deepEqual(misfits("started", makeStarted(event, source)), []);
      const results = [parseResult('{"result": "warning", "get-sli": {"indicatorValues": []}}')];
      assert.deepEqual(misfits("finished", makeFinished({ ...rest, event, results })), []);
      assert.deepEqual(misfits("finished", makeRefused(event, source, { message: "no", maxBytes: 49_152 })), []);
    }
  });
  test("finds an answer that is none", () => {
    const [event] = envelopes;
    assert.ok(event);
    const started = makeStarted(event, "s");
    assert.notDeepEqual(misfits("finished", started), []);
    assert.notDeepEqual(misfits("started", { ...started, extra: 1 }), []);
  });
});

const referencesIn = (value: unknown): string[] => {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === "$ref" ? [String(inner)] : referencesIn(inner)));
};

const lookUp = (reference: string): unknown =>
  reference
    .slice(2)
    .split("/")
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], api);
