// Events that Keptn cannot have sent are refused before anything uses them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseKeptnEvent } from "../../../../functions/lib/core/event/keptn-event.ts";

const event = { id: "1", type: "sh.keptn.event.test.triggered", source: "shipyard-controller", shkeptncontext: "c" };
const data = { project: "sockshop", stage: "dev", service: "carts" };
const flawOf = (value: object): string => {
  const parsed = parseKeptnEvent(value);
  return parsed.kind === "malformed" ? parsed.problems.map(({ message }) => message).join(" ") : parsed.kind;
};
const nested = (levels: number): unknown => JSON.parse(`${"[".repeat(levels)}${"]".repeat(levels)}`);

test("refuses names that would change the path of a request", () => {
  for (const name of [".", ".."])
    assert.equal(
      flawOf({ ...event, data: { ...data, stage: name } }),
      `Its data.stage is ${name}, which is not a valid name.`,
    );
  assert.equal(flawOf({ ...event, data: { ...data, stage: "a/.." } }), "event"); // its slash is encoded
  assert.match(flawOf({ id: "1", type: event.type, source: "s", data: { project: ".." } }), /data\.project is \.\./);
});

test("refuses overlong names", () => {
  for (const name of ["id", "source", "shkeptncontext", "gitcommitid"])
    assert.equal(flawOf({ ...event, data, [name]: "x".repeat(1025) }), `Its ${name} is longer than 1024 characters.`);
});

test("refuses data nested too deeply", () => {
  assert.equal(flawOf({ ...event, data: { ...data, x: nested(99) } }), "event");
  for (const levels of [101, 100_000])
    assert.equal(
      flawOf({ ...event, data: { ...data, labels: { x: nested(levels) } } }),
      "Its data nests deeper than 100 levels.",
    );
});
