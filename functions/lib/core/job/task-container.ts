// The container of a task.
import { jobNameOf } from "../annotations/annotations.ts";
import type { TaskResources } from "../config/schema.ts";
import type { Container, ResourceRequirements } from "../kubernetes.ts";
import type { Settings } from "../settings/settings.ts";
import { resultPath } from "./env.ts";
import { mergeSecurityContext } from "./security-context.ts";
import type { TaskJob } from "./task-job.ts";
import { makeMounts } from "./volumes.ts";

export const makeTaskContainer = ({ task, environment, settings, ...given }: TaskJob): Container => ({
  name: jobNameOf(given.runId, given.taskIndex),
  image: task.image,
  ...(task.imagePullPolicy ? { imagePullPolicy: task.imagePullPolicy } : {}),
  ...(task.cmd?.length ? { command: [...task.cmd] } : {}),
  ...(task.args?.length ? { args: [...task.args] } : {}),
  ...(task.workingDir ? { workingDir: task.workingDir } : {}),
  env: environment.env,
  ...(environment.envFrom.length > 0 ? { envFrom: environment.envFrom } : {}),
  resources: task.resources ? resourcesOf(task.resources) : makeDefaultResources(settings),
  securityContext: mergeSecurityContext(settings.JOB_SECURITY_CONTEXT, task.securityContext),
  terminationMessagePath: resultPath,
  terminationMessagePolicy: "File",
  volumeMounts: makeMounts({ task }),
});

/** A list may contain only cpu; a missing entry means no limit. */
const resourcesOf = ({ limits, requests }: TaskResources): ResourceRequirements => ({
  ...listOf("limits", limits ?? {}),
  ...listOf("requests", requests ?? {}),
});

export const makeDefaultResources = (settings: Settings): ResourceRequirements => ({
  ...listOf("limits", { cpu: settings.DEFAULT_RESOURCE_LIMITS_CPU, memory: settings.DEFAULT_RESOURCE_LIMITS_MEMORY }),
  ...listOf("requests", {
    cpu: settings.DEFAULT_RESOURCE_REQUESTS_CPU,
    memory: settings.DEFAULT_RESOURCE_REQUESTS_MEMORY,
  }),
});

interface ResourceList {
  readonly cpu?: string | undefined;
  readonly memory?: string | undefined;
}

const listOf = (kind: "limits" | "requests", { cpu, memory }: ResourceList): ResourceRequirements =>
  cpu || memory ? { [kind]: { ...(cpu ? { cpu } : {}), ...(memory ? { memory } : {}) } } : {};
