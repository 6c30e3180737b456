// The examples in the schema are valid.
import assert from "node:assert/strict";
import { test } from "node:test";
import { stringify } from "yaml";
import { makeJsonSchema } from "../../../../functions/lib/core/config/json-schema.ts";
import { parseJobConfig } from "../../../../functions/lib/core/config/parse.ts";

interface Schema {
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

const schema = makeJsonSchema() as Schema;
const action = schema.properties!["actions"]!.items!;
const task = action.properties!["tasks"]!.items!;

const minimal = { name: "a", image: "alpine" };

/** A task that the example of `needs` refers to. */
const needed = { name: "Build", image: "alpine" };

/** A config with the example in place. */
const configs = [
  ...Object.entries(task.properties!).map(([name, field]) => ({
    name,
    tasks: [needed, { ...minimal, [name]: field.examples?.[0] }],
  })),
  ...Object.entries(task.properties!["securityContext"]!.properties!).map(([name, field]) => ({
    name: `securityContext.${name}`,
    tasks: [{ ...minimal, securityContext: { [name]: field.examples?.[0] } }],
  })),
  ...Object.entries(action.properties!).map(([name, field]) => ({
    name,
    tasks: [minimal],
    [name]: field.examples?.[0],
  })),
].map(({ name, ...action }) => ({ name, text: stringify({ apiVersion: "v2", actions: [{ name: "a", ...action }] }) }));

for (const { name, text } of configs) {
  test(`the example of ${name} is valid`, () => {
    const { problems } = parseJobConfig(text, "f");
    assert.deepEqual(
      problems.filter(({ severity }) => severity === "error"),
      [],
      text,
    );
  });
}
