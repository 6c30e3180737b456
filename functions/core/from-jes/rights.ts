// What a task may do, where it runs, and who looks at it.
import { quote } from "../config/scalars.ts";
import type { JobConfig, Task } from "../config/schema.ts";
import type { Warning } from "../config/warning.ts";
import { flawsOfRestricted } from "../job/pod-security.ts";
import { atFirst, type PlacedTask, tasksOf } from "./places.ts";

export const explainRights = (config: JobConfig): Warning[] => {
  const tasks = tasksOf(config);
  return [
    ...tasks.filter(({ task }) => keepsCapabilities(task)).map(explainCapabilities),
    ...tasks.flatMap(explainPodSecurity),
    ...tasks.filter(({ task }) => task.namespace).map(explainNamespace),
    ...atFirst(
      tasks.filter(({ task }) => Object.keys(task.annotations ?? {}).length > 0),
      explainAnnotations,
    ),
  ];
};

const keepsCapabilities = ({ securityContext }: Task): boolean =>
  securityContext?.capabilities !== undefined && securityContext.capabilities.drop === undefined;

const explainCapabilities = ({ task, path }: PlacedTask): Warning => ({
  code: "jes-capabilities-stay",
  message: `Task ${quote(task.name)} gets its capabilities on top of the operator's \`drop: [ALL]\`; in JES they replaced it, and the task had all of the runtime's as well.`,
  fix: "Add what the task needs, one by one.",
  path: [...path, "securityContext", "capabilities"],
});

/** The level that manifests/base gives to our namespace. */
const explainPodSecurity = ({ task, path }: PlacedTask): Warning[] => {
  const flaws = task.namespace ? [] : flawsOfRestricted(task.securityContext ?? {});
  if (flaws.length === 0) return [];
  return [
    {
      code: "jes-pod-security",
      message: `Our namespace keeps to the Pod Security level \`restricted\`, which refuses the pod of task ${quote(task.name)}: ${flaws.map(({ says }) => says).join(", ")}. JES's namespace had no level.`,
      fix: "Do without it, or let the operator give the task a `namespace` of another level.",
      path: [...path, "securityContext"],
    },
  ];
};

const explainNamespace = ({ task, path }: PlacedTask): Warning => ({
  code: "jes-namespace-is-asked-for",
  message: `Task ${quote(task.name)} runs in ${quote(task.namespace ?? "")} only if the operator allows it; JES tried any namespace, and failed without its own ConfigMap, Secret and rights there.`,
  fix: "Ask for it in ALLOWED_NAMESPACES, and for manifests/job-namespace there.",
  path: [...path, "namespace"],
});

const explainAnnotations = ({ task, path }: PlacedTask, more: string): Warning => ({
  code: "jes-annotations-on-pods",
  message: `The annotations of task ${quote(task.name)}${more} are on its pod too; JES put them on the Job only, where Vault, Istio and others do not look.`,
  fix: "Look at what acts on them: a sidecar that does not end keeps the pod from ending.",
  path: [...path, "annotations"],
});
