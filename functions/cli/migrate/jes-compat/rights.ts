// Notes on a task's rights, namespace and annotations.
import type { JobConfig, Task } from "../../../lib/core/config/schema.ts";
import { flawsOfRestricted } from "../../../lib/core/policy/pod-security.ts";
import { quote } from "../../../lib/core/yaml/scalars.ts";
import { atFirst, type Note, type PlacedTask, tasksOf } from "./places.ts";

export const explainRights = (config: JobConfig): Note[] => {
  const tasks = tasksOf(config);
  const annotated = tasks.filter(({ task }) => Object.keys(task.annotations ?? {}).length > 0);
  return [
    ...tasks
      .filter(({ task }) => keepsCapabilities(task))
      .map(({ task, path }) => ({
        code: "jes-capabilities-stay",
        message: `The capabilities of task ${quote(task.name)} are added to the operator's \`drop: [ALL]\`; in JES they replaced it, so the task also had the runtime's defaults.`,
        fix: "Add each capability that the task needs.",
        path: [...path, "securityContext", "capabilities"],
      })),
    ...tasks.flatMap(explainPodSecurity),
    ...tasks
      .filter(({ task }) => task.namespace)
      .map(({ task, path }) => ({
        code: "jes-namespace-is-asked-for",
        message: `Task ${quote(task.name)} runs in ${quote(task.namespace ?? "")} only if the operator allows it; JES tried any namespace, and failed if its ConfigMap, Secret and rights were missing there.`,
        fix: "Ask the operator to add it to ALLOWED_NAMESPACES and to apply manifests/job-namespace there.",
        path: [...path, "namespace"],
      })),
    ...atFirst(annotated, ({ task, path }, more) => ({
      code: "jes-annotations-on-pods",
      message: `The annotations of task ${quote(task.name)}${more} are also set on its pod; JES only set them on the Job, where Vault, Istio and others ignore them.`,
      fix: "Check which injectors react to them: a sidecar that does not exit keeps the pod running.",
      path: [...path, "annotations"],
    })),
  ];
};

const keepsCapabilities = ({ securityContext }: Task): boolean =>
  securityContext?.capabilities !== undefined && securityContext.capabilities.drop === undefined;

/** Checks the level of our namespace in manifests/base. */
const explainPodSecurity = ({ task, path }: PlacedTask): Note[] => {
  const flaws = task.namespace ? [] : flawsOfRestricted(task.securityContext ?? {});
  if (flaws.length === 0) return [];
  return [
    {
      code: "jes-pod-security",
      message: `Our namespace has the Pod Security level \`restricted\`, which refuses the pod of task ${quote(task.name)}: ${flaws.map(({ says }) => says).join(", ")}. JES's namespace had no level.`,
      fix: "Remove it, or ask the operator for a `namespace` with another level.",
      path: [...path, "securityContext"],
    },
  ];
};
