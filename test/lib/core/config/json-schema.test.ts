// The JSON Schema for editors is complete and agrees with the parser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { makeJsonSchema } from "../../../../functions/lib/core/config/json-schema.ts";

interface Schema {
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly additionalProperties?: boolean | Schema;
}

const fieldsOf = (schema: Schema, path = ""): (readonly [string, Schema])[] => [
  ...Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const here = `${path}.${name}`;
    return [[here, field] as const, ...fieldsOf(field, here)];
  }),
  ...(schema.items ? fieldsOf(schema.items, `${path}[]`) : []),
  ...(schema.anyOf ?? []).flatMap((one) => fieldsOf(one, path)),
];

test("every field has a description and an example", () => {
  const fields = fieldsOf(makeJsonSchema());
  assert.ok(fields.length > 60, `${fields.length} fields`);
  const bare = fields.filter(([, { description, examples }]) => !description || !examples?.length);
  assert.deepEqual(
    bare.map(([path]) => path),
    [],
  );
});

test("every map refuses unknown fields, so that editors flag them", () => {
  const maps = fieldsOf(makeJsonSchema()).flatMap(([path, field]) => [
    [path, field] as const,
    [`${path}[]`, field.items] as const,
  ]);
  const loose = maps.filter(([, field]) => field?.properties && field.additionalProperties !== false);
  assert.deepEqual(
    loose.map(([path]) => path),
    [],
  );
});
