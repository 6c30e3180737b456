// The dry event: which type it gets, and how the log shows what became of it.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkDryEvent, makeDryEvent, readDryEvent } from "../../../../functions/lib/core/check/dry-event.ts";
import { parseKeptnEvent } from "../../../../functions/lib/core/event/keptn-event.ts";

const line = (fields: object) => JSON.stringify({ time: "2026-01-02T03:04:05Z", ...fields });

describe("a dry event", () => {
  test("is thin: start-job has to ask Keptn for the rest", () => {
    assert.equal(parseKeptnEvent(makeDryEvent("a", [])).kind, "thin");
  });
  test("has the usual type when one Trigger takes all types, otherwise the first exact type", () => {
    const typeOf = (...specs: object[]) =>
      makeDryEvent(
        "a",
        specs.map((spec) => ({ spec })),
      )["type"];
    const usual = "sh.keptn.event.job-executor-check.triggered";
    assert.equal(typeOf({ filters: [{ prefix: { type: "sh.keptn.event." } }] }), usual);
    assert.equal(typeOf({ filters: [{ exact: { type: "x" } }] }, { filter: { attributes: { type: "y" } } }), "x");
    assert.equal(typeOf({ filter: { attributes: { type: "y" } } }, {}), usual);
  });
  test("is not found in lines about other events or in lines that are not JSON", () => {
    const log = [
      line({ level: "warn", message: "will be retried: x", event: "id-2" }),
      "id-1 crashed",
      '{"event":"id-1"',
    ];
    assert.equal(readDryEvent(log.join("\n"), "id-1"), undefined);
  });
  test("counts as arrived, whatever failed before", () => {
    const failed = line({ level: "warn", message: "will be retried: no\nconnection", event: "a" });
    assert.deepEqual(readDryEvent(failed, "a"), { failed: "will be retried: no connection" });
    const arrived = line({ level: "info", message: "ignored: Keptn has no open event a" });
    assert.equal(readDryEvent(`${failed}\n${arrived}`, "a"), "arrived");
  });
  for (const [said, fix] of [
    ["Keptn GET x: 401, unauthenticated.", /renew the Secret job-service-keptn-secrets in namespace jes/],
    ["Keptn GET x: unable to verify the first certificate.", /KEPTN_CA_FILE/],
    ["Keptn GET x: connect ECONNREFUSED 10.0.0.1:80.", /KEPTN_API_ENDPOINT/],
  ] as const) {
    test(`the failure "${said}" comes with a fix`, () => {
      const finding = checkDryEvent({ kind: "failed", said }, { namespace: "jes" });
      assert.equal(finding.severity, "error");
      assert.match(finding.fix ?? "", fix);
    });
  }
});
