// docs/reference/job-config.md: every field of job/config.yaml, from the JSON Schema that is made of its one definition.
import { makeJsonSchema } from "../../../functions/lib/core/config/json-schema.ts";
import { anchorOf, code, renderHead, renderTable, words } from "./markdown.ts";

export interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly additionalProperties?: boolean | Schema;
}

export const renderJobConfig = (): string =>
  [
    renderHead("Fields of job/config.yaml", "functions/lib/core/config/schema.ts"),
    introduction,
    ...sectionsOf(makeJsonSchema(), ""),
  ].join("\n");

const introduction = `How fields are read, and what a whole config looks like: [job-config.md](../job-config.md). The same as a JSON Schema, for editors:
[job-config.schema.json](../schema/job-config.schema.json). What can be wrong with a field: [problems.md](problems.md).

A field in bold has to be there. A text may be any scalar: \`1.10\` and \`true\` need no quotes.
`;

/** A map of fields, and then those inside it. */
const sectionsOf = (schema: Schema, path: string): string[] => {
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => ({
    ...{ name, field, path: path === "" ? name : `${path}.${name}` },
    isRequired: schema.required?.includes(name) ?? false,
  }));
  const rows = fields.map(({ name, field, path: own, isRequired }) => [
    isRequired ? `**${code(name)}**` : code(name),
    typeOf(field, own),
    words(field.description ?? ""),
    code(JSON.stringify(field.examples?.[0])),
  ]);
  return [
    `## ${path === "" ? "Top level" : code(path)}\n`,
    renderTable(["field", "what it may be", "what it means", "example"], rows),
    "",
    ...fields.flatMap(({ field, path: own }) => {
      const [map, at] = mapIn(field, own);
      return map ? sectionsOf(map, at) : [];
    }),
  ];
};

const mapIn = (field: Schema, path: string): [Schema | undefined, string] => {
  if (field.properties) return [field, path];
  const map = field.anyOf?.find(({ properties }) => properties);
  if (map) return [map, path];
  return field.items?.properties ? [field.items, `${path}[]`] : [undefined, path];
};

const typeOf = (field: Schema, path: string): string => {
  if (field.anyOf) return field.anyOf.map((one) => typeOf(one, path)).join(", or ");
  const [map, at] = mapIn(field, path);
  if (map) return `${field.items ? "list of maps" : "map"}: [${at.split(".").at(-1)}](#${anchorOf(at)})`;
  if (field.const) return code(field.const);
  if (field.enum)
    return field.enum
      .filter((value) => value !== "")
      .map(code)
      .join(", ");
  if (field.items) return `list of ${typeOf(field.items, path).replace(/^[a-z ]+/, "$&s")}`;
  if (field.type === "object") return "map of texts";
  if (field.type === "boolean") return "true or false";
  return field.type === "integer" ? `whole number${rangeOf(field)}` : "text";
};

const rangeOf = ({ minimum, maximum }: Schema): string => {
  if (minimum !== undefined && maximum !== undefined) return `, ${minimum} to ${maximum}`;
  return maximum === undefined ? "" : `, at most ${maximum}`;
};
