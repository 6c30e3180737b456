// Notes on fields that JES does not have. It parses strictly and refuses a config that has any of them.
import { envEntry } from "../../../lib/core/config/env-schema.ts";
import { actionFields } from "../../../lib/core/config/schema.ts";
import { task } from "../../../lib/core/config/task-schema.ts";
import type { Warning } from "../../../lib/core/config/warning.ts";
import type { Path } from "../../../lib/core/yaml/path.ts";
import type { Tree } from "../../../lib/core/yaml/tree.ts";
import { atFirst } from "./places.ts";

/** JES 0.3.0, pkg/config/config.go: the yaml tags of Action, Task and Env. */
const knownToJes = {
  action: ["name", "events", "tasks", "silent"],
  task: [
    ...["name", "files", "image", "imagePullPolicy", "cmd", "args", "env", "resources", "workingDir"],
    ...["maxPollDuration", "namespace", "ttlSecondsAfterFinished", "securityContext", "serviceAccount", "annotations"],
  ],
  env: ["name", "value", "valueFrom", "as"],
};

const beyond = (schema: { readonly shape: object }, known: readonly string[]): readonly string[] =>
  Object.keys(schema.shape).filter((field) => !known.includes(field));

/** Derived from the schema, so new fields are included. */
export const fieldsBeyondJes = {
  action: beyond(actionFields, knownToJes.action),
  task: beyond(task, knownToJes.task),
  env: beyond(envEntry, knownToJes.env),
};

/** @param tree the config as written, valid or not */
export const explainFields = (tree: Tree | undefined): Warning[] => {
  const found = Map.groupBy(fieldsIn(tree), ({ name }) => name);
  return [...found.values()]
    .flatMap((places) => atFirst(places, explainField))
    .concat(atFirst(takenIn(tree), explainTaken));
};

/** JES fails when it builds the task's environment (JES 0.3.0, pkg/k8sutils/job.go). */
const explainTaken = ({ path }: { readonly path: Path }, more: string): Warning => ({
  code: "jes-has-no-such-field",
  message: `JES does not know \`valueFrom: task\`${more}, and fails the task.`,
  fix: "Nothing to do here. While JES also reads this config, omit it.",
  path,
});

const takenIn = (tree: Tree | undefined): { readonly path: Path }[] =>
  partsOf(tree, "actions")
    .flatMap(({ part, path }) => partsOf(part, "tasks", path))
    .flatMap(({ part, path }) => partsOf(part, "env", path))
    .filter(({ part }) => isMap(part) && part["valueFrom"] === "task")
    .map(({ path }) => ({ path: [...path, "valueFrom"] }));

interface Field {
  readonly name: string;
  readonly path: Path;
}

const explainField = ({ name, path }: Field, more: string): Warning => ({
  code: "jes-has-no-such-field",
  message: `JES has no field \`${name}\`${more} and refuses the whole config: none of its actions run there.`,
  fix: "Nothing to do here. While JES also reads this config, omit it.",
  path,
});

const fieldsIn = (tree: Tree | undefined): Field[] =>
  partsOf(tree, "actions").flatMap(({ part, path }) => [
    ...fieldsOf({ part, path }, fieldsBeyondJes.action),
    ...partsOf(part, "tasks", path).flatMap((one) => [
      ...fieldsOf(one, fieldsBeyondJes.task),
      ...partsOf(one.part, "env", one.path).flatMap((entry) => fieldsOf(entry, fieldsBeyondJes.env)),
    ]),
  ]);

interface Part {
  readonly part: Tree;
  readonly path: Path;
}

const fieldsOf = ({ part, path }: Part, fields: readonly string[]): Field[] =>
  fields.filter((name) => isMap(part) && Object.hasOwn(part, name)).map((name) => ({ name, path: [...path, name] }));

/** Entries of the list `key`. */
const partsOf = (tree: Tree | undefined, key: string, above: Path = []): Part[] => {
  const list = tree !== undefined && isMap(tree) ? tree[key] : undefined;
  return Array.isArray(list) ? list.map((part, index) => ({ part, path: [...above, key, index] })) : [];
};

const isMap = (tree: Tree): tree is { [key: string]: Tree } =>
  typeof tree === "object" && tree !== null && !Array.isArray(tree);
