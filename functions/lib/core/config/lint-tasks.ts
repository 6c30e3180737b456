// Warnings about valid tasks that perhaps do not do what their author intended.
import type { Problem } from "../problem.ts";
import type { Path } from "../yaml/path.ts";
import { quote } from "../yaml/scalars.ts";
import type { YamlTree } from "../yaml/tree.ts";
import type { Action, Task, TaskEnv } from "./schema.ts";
import { toProblem, type Warning } from "./warning.ts";
import { isWholeSecret } from "./whole-secret.ts";

/** @param actions in the order of the config; undefined for a broken one */
export const lintTasks = (actions: readonly (Action | undefined)[], yaml: YamlTree): Problem[] =>
  actions
    .flatMap((action, index) =>
      (action?.tasks ?? []).flatMap((task, taskIndex) =>
        lintTask(task, ["actions", index, "tasks", taskIndex], taskIndex === 0),
      ),
    )
    .map((warning) => toProblem(warning, yaml));

const lintTask = (task: Task, path: Path, isFirst: boolean): Warning[] => {
  const defined = definedFirst(task.env ?? []);
  const hasSecret = (task.env ?? []).some(isWholeSecret);
  return [
    ...lintWhen(task, [...path, "when"], isFirst),
    ...lintUser(task, [...path, "securityContext", "runAsUser"]),
    ...(task.env ?? []).flatMap((entry, index) =>
      hasSecret ? [] : lintReferences(entry, (name) => (defined.get(name) ?? index) < index, [...path, "env", index]),
    ),
  ];
};

/** Index of the first `env` entry of each variable, without whole Secrets. */
const definedFirst = (env: readonly TaskEnv[]): ReadonlyMap<string, number> =>
  new Map(env.flatMap((entry, index) => (isWholeSecret(entry) ? [] : [[entry.name, index] as const])).reverse());

const lintWhen = ({ name, needs, when }: Task, path: Path, isFirst: boolean): Warning[] => {
  if (when !== "failure" || (needs ? needs.length > 0 : !isFirst)) return [];
  const message = `Task ${quote(name)} never runs: with \`when: failure\` it waits for the failure of an earlier task, and there is none.`;
  const fix = "Move it after the tasks whose failure it handles, or list them under `needs`.";
  return [{ code: "never-runs", message, fix, path }];
};

const lintUser = ({ securityContext, name }: Task, path: Path): Warning[] => {
  if (securityContext?.runAsUser !== 0 || securityContext.runAsNonRoot === false) return [];
  const message = `Task ${quote(name)} runs as root, but by default Kubernetes refuses to start it as root.`;
  return [{ code: "root-refused", message, fix: "Add `runAsNonRoot: false`, or use another user.", path }];
};

/**
 * In `env`, Kubernetes replaces `$(NAME)` with earlier variables of `env`, and with keys of Secrets regardless of order: envFrom is
 * expanded first (kubelet, makeEnvironmentVariables). The keys of a Secret are not known here.
 */
const lintReferences = (
  { name, value, valueFrom }: TaskEnv,
  isBefore: (name: string) => boolean,
  path: Path,
): Warning[] => {
  if (valueFrom !== "string") return [];
  const wanted = [...value.matchAll(reference)].map(([, found = ""]) => found);
  const unknown = wanted.find((found) => !given.test(found) && !isBefore(found));
  if (unknown === undefined) return [];
  const message = `$(${unknown}) in the value of ${quote(name)} stays as it is: no earlier variable has this name, and the task has no Secret that could have such a key.`;
  const fix = "Define it before this variable, or write $$( for a literal $(.";
  return [{ code: "unknown-reference", message, fix, path: [...path, "value"] }];
};

const reference = /(?<!\$)\$\(([-._a-zA-Z][-._a-zA-Z0-9]*)\)/g;
/** Set by us, and by the kubelet even if enableServiceLinks is false (getServiceEnvVarMap, masterServices). */
const given = /^(KEPTN_(PROJECT|STAGE|SERVICE|RESULT)$|LABELS_|KUBERNETES_(SERVICE|PORT)(_|$))/;
