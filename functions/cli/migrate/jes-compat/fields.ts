// Notes on fields that JES does not have. It parses strictly and refuses a config that has any of them.
import { envEntry } from "../../../lib/core/config/env-schema.ts";
import { actionFields } from "../../../lib/core/config/schema.ts";
import { makeSecurityContextSchema } from "../../../lib/core/config/security-context-schema.ts";
import { task } from "../../../lib/core/config/task-schema.ts";
import { isRecord } from "../../../lib/core/json/exact-json.ts";
import type { Path } from "../../../lib/core/yaml/path.ts";
import type { Tree } from "../../../lib/core/yaml/tree.ts";
import { atFirst, type Note } from "./places.ts";

/** JES 0.3.0, pkg/config/config.go: the yaml tags of Action, Task, Env and SecurityContext. */
const knownToJes = {
  action: ["name", "events", "tasks", "silent"],
  task: [
    ...["name", "files", "image", "imagePullPolicy", "cmd", "args", "env", "resources", "workingDir"],
    ...["maxPollDuration", "namespace", "ttlSecondsAfterFinished", "securityContext", "serviceAccount", "annotations"],
  ],
  env: ["name", "value", "valueFrom", "as"],
  securityContext: [
    ...["capabilities", "privileged", "runAsUser", "runAsGroup", "runAsNonRoot", "readOnlyRootFilesystem"],
    ...["allowPrivilegeEscalation", "procMount", "seccompProfile"],
  ],
};

const beyond = (schema: { readonly shape: object }, known: readonly string[]): readonly string[] =>
  Object.keys(schema.shape).filter((field) => !known.includes(field));

/** Derived from the schema, so new fields are included. */
export const fieldsBeyondJes = {
  action: beyond(actionFields, knownToJes.action),
  task: beyond(task, knownToJes.task),
  env: beyond(envEntry, knownToJes.env),
  securityContext: beyond(makeSecurityContextSchema(), knownToJes.securityContext),
};

/** @param tree the config as written, valid or not */
export const explainFields = (tree: Tree | undefined): Note[] => {
  const actions = partsOf({ part: tree ?? null, path: [] }, "actions");
  const tasks = actions.flatMap((action) => partsOf(action, "tasks"));
  const entries = tasks.flatMap((one) => partsOf(one, "env"));
  const contexts = tasks.flatMap((one) => fieldsOf(one, ["securityContext"]));
  const found = [
    ...actions.flatMap((one) => fieldsOf(one, fieldsBeyondJes.action)),
    ...tasks.flatMap((one) => fieldsOf(one, fieldsBeyondJes.task)),
    ...entries.flatMap((one) => fieldsOf(one, fieldsBeyondJes.env)),
    ...contexts.flatMap((one) => fieldsOf(one, fieldsBeyondJes.securityContext)),
  ];
  const taken = entries.flatMap((one) => fieldsOf(one, ["valueFrom"])).filter(({ part }) => part === "task");
  return [
    ...[...Map.groupBy(found, ({ path }) => path.at(-1)).values()].flatMap((places) => atFirst(places, explainField)),
    ...atFirst(taken, explainTaken),
  ];
};

const explainField = ({ path }: Part, more: string): Note => ({
  code: "jes-has-no-such-field",
  message: `JES has no field \`${String(path.at(-1))}\`${more} and refuses the whole config: none of its actions run there.`,
  fix: "Nothing to do here. While JES also reads this config, omit it.",
  path,
});

/** JES fails when it builds the task's environment (JES 0.3.0, pkg/k8sutils/job.go). */
const explainTaken = ({ path }: Part, more: string): Note => ({
  ...explainField({ part: "task", path }, more),
  message: `JES does not know \`valueFrom: task\`${more}, and fails the task.`,
});

interface Part {
  readonly part: Tree;
  readonly path: Path;
}

const fieldsOf = ({ part, path }: Part, names: readonly string[]): Part[] =>
  names.flatMap((name) =>
    isRecord(part) && Object.hasOwn(part, name) ? [{ part: part[name] ?? null, path: [...path, name] }] : [],
  );

/** Entries of the list `key`. */
const partsOf = (above: Part, key: string): Part[] =>
  fieldsOf(above, [key]).flatMap(({ part, path }) =>
    Array.isArray(part) ? part.map((one, index) => ({ part: one, path: [...path, index] })) : [],
  );
