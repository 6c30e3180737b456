// The chart's schema of a setting refuses what the programs refuse when they start, and nothing else.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as z from "zod";
import { makeSettingsSchema } from "../../../build/chart/settings-schema.ts";
import type { Setting } from "../../../functions/lib/core/settings/setting-types.ts";
import { settingsTable } from "../../../functions/lib/core/settings/settings.ts";

const properties = makeSettingsSchema()["properties"] as Readonly<Record<string, Record<string, unknown>>>;

const takes = (name: string, value: unknown): boolean =>
  z.fromJSONSchema(properties[name] ?? {}).safeParse(value).success;

const texts = [
  "",
  "true",
  "F",
  "yes",
  "0",
  "7",
  "100000",
  "-1",
  "1.5",
  "20Mi",
  "500k",
  "0Mi",
  "always",
  "debug",
  "none",
];
const others = ["snapshot", "restricted", "all", "a,b", "http://keptn/api", "emptyDir", "{}"];

/** Their texts have a form that no pattern tells; the programs say what is wrong in it. */
const isFree = ({ kind }: Setting<unknown>): boolean => /^(quantity|JSON|labels|list of kinds)/.test(kind);

const disagreements = (name: string, setting: Setting<unknown>): string[] =>
  [...texts, ...others].filter((text) => {
    const isRead = text === "" || "value" in setting.read(text);
    const minimum = Number(/at least (\d+)/.exec(setting.kind)?.[1] ?? 0);
    const isTooSmall = /^\d+$/.test(text) && Number(text) < minimum;
    return takes(name, text) !== isRead && !(isFree(setting) && takes(name, text)) && !isTooSmall;
  });

describe("the schema of a setting", () => {
  for (const [name, setting] of Object.entries<Setting<unknown>>(settingsTable)) {
    if (!properties[name]) continue;
    test(`${name} takes the texts that the programs read`, () => assert.deepEqual(disagreements(name, setting), []));
  }

  test("takes YAML's own kinds of values", () => {
    assert.ok(takes("VERIFY_EVENTS", true) && !takes("VERIFY_EVENTS", 1));
    assert.ok(takes("MAX_EVENT_BYTES", 4096) && !takes("MAX_EVENT_BYTES", 4095));
    assert.ok(takes("PUBSUB_TOPIC", ["a", "b"]) && !takes("PUBSUB_TOPIC", [1]));
    assert.ok(takes("JOB_LABELS", { a: "b" }) && !takes("JOB_LABELS", { a: 1 }));
    assert.ok(takes("JOB_SECURITY_CONTEXT", { runAsUser: 0 }) && !takes("JOB_SECURITY_CONTEXT", { user: 0 }));
  });

  test("is missing for what belongs in the Secret", () => {
    const missing = Object.keys(settingsTable).filter((name) => !properties[name]);
    const secrets = ["KEPTN_API_TOKEN", "KEPTN_API_TOKEN_FILE", "OAUTH_CLIENT_SECRET", "OAUTH_CLIENT_SECRET_FILE"];
    assert.deepEqual(missing, secrets);
  });
});
