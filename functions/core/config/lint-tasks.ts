// Tasks that are valid, but perhaps do not do what their author thinks: warnings.
import type { Problem } from "../problem.ts";
import { quote } from "./scalars.ts";
import type { JobConfig, Task, TaskEnv } from "./schema.ts";
import { toProblem, type Warning } from "./warning.ts";
import type { Path, YamlTree } from "./yaml-tree.ts";

export const lintTasks = ({ actions }: JobConfig, yaml: YamlTree): Problem[] =>
  actions
    .flatMap(({ tasks }, action) => tasks.flatMap((task, index) => lintTask(task, ["actions", action, "tasks", index])))
    .map((warning) => toProblem(warning, yaml));

const lintTask = (task: Task, path: Path): Warning[] => {
  const defined = definedFirst(task.env ?? []);
  return [
    ...lintUser(task, [...path, "securityContext", "runAsUser"]),
    ...(task.env ?? []).flatMap((entry, index) => [
      ...lintFormat(entry, [...path, "env", index]),
      ...lintReferences(entry, (name) => (defined.get(name) ?? index) < index, [...path, "env", index]),
    ]),
  ];
};

/** For each variable that does not come from a Secret, where in `env` it stands first. */
const definedFirst = (env: readonly TaskEnv[]): ReadonlyMap<string, number> =>
  new Map(
    env.flatMap(({ name, valueFrom }, index) => (valueFrom === "secret" ? [] : [[name, index] as const])).reverse(),
  );

const lintUser = ({ securityContext, name }: Task, path: Path): Warning[] => {
  if (securityContext?.runAsUser !== 0 || securityContext.runAsNonRoot === false) return [];
  const message = `Task ${quote(name)} runs as root, but by default Kubernetes refuses to start it as root.`;
  return [{ code: "root-refused", message, fix: "Add `runAsNonRoot: false`, or take another user.", path }];
};

const lintFormat = ({ name, as }: TaskEnv, path: Path): Warning[] => {
  if (as === undefined || ["json", "yaml", "string", ""].includes(as.toLowerCase())) return [];
  const message = `The format ${quote(as)} of ${quote(name)} is unknown and has no effect.`;
  return [{ code: "unknown-format", message, fix: "Write json or yaml.", path: [...path, "as"] }];
};

/** In `env`, Kubernetes replaces `$(NAME)` only by what stands before it in `env` itself. */
const lintReferences = (
  { name, value, valueFrom }: TaskEnv,
  isBefore: (name: string) => boolean,
  path: Path,
): Warning[] => {
  if (valueFrom !== "string") return [];
  const wanted = [...value.matchAll(reference)].map(([, found = ""]) => found);
  const unknown = wanted.find((found) => !given.test(found) && !isBefore(found));
  if (unknown === undefined) return [];
  const message = `$(${unknown}) in the value of ${quote(name)} stays as it is: no variable before it has this name.`;
  const fix = "Define it further up; keys of a Secret can be used in cmd and args only.";
  return [{ code: "unknown-reference", message, fix, path: [...path, "value"] }];
};

const reference = /(?<!\$)\$\(([-._a-zA-Z][-._a-zA-Z0-9]*)\)/g;
const given = /^(KEPTN_(PROJECT|STAGE|SERVICE|RESULT)$|LABELS_)/;
