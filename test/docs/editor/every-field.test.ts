// An editor with yaml-language-server completes and explains every field that the schema has, however deep.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Completion, type LanguageServer, type Position, startLanguageServer } from "./language-server.ts";

const deadlineMs = 300_000;
const modeline = "# yaml-language-server: $schema=../../../schema/job-config.schema.json";

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

/** An object of the schema: the way there, `[]` for an entry of a list, and its fields. */
interface Place {
  readonly path: readonly string[];
  readonly fields: readonly string[];
}

const schema: Schema = JSON.parse(readFileSync("docs/schema/job-config.schema.json", "utf8"));

const placesIn = ({ properties, items, anyOf = [] }: Schema, path: readonly string[] = []): Place[] => [
  ...(properties ? [{ path, fields: Object.keys(properties) }] : []),
  ...Object.entries(properties ?? {}).flatMap(([name, one]) => placesIn(one, [...path, name])),
  ...(items ? placesIn(items, [...path, "[]"]) : []),
  ...anyOf.flatMap((one) => placesIn(one, path)),
];

/** A config that has these fields at the place, and room for the next one below. */
const makeConfig = ({ path }: Place, fields: readonly string[]) => {
  const lines = [modeline];
  let indent = "";
  let isEntry = false;
  for (const step of path) {
    if (step === "[]") isEntry = true;
    else {
      lines.push(`${indent}${isEntry ? "- " : ""}${step}:`);
      indent += isEntry ? "    " : "  ";
      isEntry = false;
    }
  }
  const inner = isEntry ? `${indent}  ` : indent;
  const first = lines.length;
  lines.push(...fields.map((field, nth) => `${isEntry && nth === 0 ? `${indent}- ` : inner}${field}: x`));
  const at = (field: number): Position => ({
    line: first + field,
    character: inner.length + (field < fields.length ? 1 : 0),
  });
  return { text: [...lines, inner, ""].join("\n"), at };
};

const isExplained = ({ documentation = "" }: Completion): boolean =>
  (typeof documentation === "string" ? documentation : documentation.value) !== "";

describe("an editor, of every field", { timeout: deadlineMs, concurrency: 4 }, () => {
  let server: LanguageServer;
  before(async () => {
    server = await startLanguageServer();
  });
  after(() => server?.close());

  const places = placesIn(schema);
  for (const [index, place] of places.entries()) {
    test(`of ${place.path.join(".") || "the whole"}`, async () => {
      const [first = "", second] = place.fields;
      const open = async (fields: readonly string[]) => {
        const file = resolve(`docs/examples/every-field/job/${index}-${fields.length}-${fields[0]}.yaml`);
        const { text, at } = makeConfig(place, fields);
        await server.open(file, text);
        return { file, at };
      };
      const completed = async (field: string) => {
        const { file, at } = await open([field]);
        return (await server.complete(file, at(1))).filter(isExplained).map(({ label }) => label);
      };
      const others = await completed(first);
      for (const field of place.fields.slice(1)) assert.ok(others.includes(field), `${field} beside ${others}`);
      if (second !== undefined) assert.ok((await completed(second)).includes(first), first);
      const { file, at } = await open(place.fields);
      for (const [nth, field] of place.fields.entries()) assert.notEqual(await server.hover(file, at(nth)), "", field);
    });
  }

  test("there are all of them", () => {
    const fields = places.flatMap(({ path, fields: own }) => own.map((name) => [...path, name].join(".")));
    assert.ok(fields.length > 80, `${fields.length}`);
    for (const name of ["failFast", "tasks.[].needs", "tasks.[].retries.limit", "tasks.[].volumes.[].claim"])
      assert.ok(fields.includes(`actions.[].${name}`), name);
  });
});
