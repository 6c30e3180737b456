// Tasks that are valid, but perhaps do not do what their author thinks: warnings.
import type { Problem } from "../problem.ts";
import { quote } from "./scalars.ts";
import type { Action, Task, TaskEnv } from "./schema.ts";
import { toProblem, type Warning } from "./warning.ts";
import { isWholeSecret } from "./whole-secret.ts";
import type { Path, YamlTree } from "./yaml-tree.ts";

/** @param actions by their places in the config; undefined for one that is broken */
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
    ...(task.env ?? []).flatMap((entry, index) => [
      ...(hasSecret
        ? []
        : lintReferences(entry, (name) => (defined.get(name) ?? index) < index, [...path, "env", index])),
    ]),
  ];
};

/** For each variable that has a name of its own, where in `env` it stands first. */
const definedFirst = (env: readonly TaskEnv[]): ReadonlyMap<string, number> =>
  new Map(env.flatMap((entry, index) => (isWholeSecret(entry) ? [] : [[entry.name, index] as const])).reverse());

const lintWhen = ({ name, needs, when }: Task, path: Path, isFirst: boolean): Warning[] => {
  if (when !== "failure" || (needs ? needs.length > 0 : !isFirst)) return [];
  const message = `Task ${quote(name)} never runs: it is for a failure of what runs before it, and nothing does.`;
  return [{ code: "never-runs", message, fix: "Write it behind these tasks, or name them under `needs`.", path }];
};

const lintUser = ({ securityContext, name }: Task, path: Path): Warning[] => {
  if (securityContext?.runAsUser !== 0 || securityContext.runAsNonRoot === false) return [];
  const message = `Task ${quote(name)} runs as root, but by default Kubernetes refuses to start it as root.`;
  return [{ code: "root-refused", message, fix: "Add `runAsNonRoot: false`, or take another user.", path }];
};

/**
 * In `env`, Kubernetes replaces `$(NAME)` by what stands before it in `env`, and by the keys of Secrets wherever those stand: envFrom is
 * expanded first (kubelet, makeEnvironmentVariables). Which keys a Secret has nobody knows here.
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
  const message = `$(${unknown}) in the value of ${quote(name)} stays as it is: no variable before it has this name, and the task has no Secret that could have such a key.`;
  const fix = "Define it further up, or write $$( if these signs themselves are meant.";
  return [{ code: "unknown-reference", message, fix, path: [...path, "value"] }];
};

const reference = /(?<!\$)\$\(([-._a-zA-Z][-._a-zA-Z0-9]*)\)/g;
/** By us; and by the kubelet, also where enableServiceLinks is false (getServiceEnvVarMap, masterServices). */
const given = /^(KEPTN_(PROJECT|STAGE|SERVICE|RESULT)$|LABELS_|KUBERNETES_(SERVICE|PORT)(_|$))/;
