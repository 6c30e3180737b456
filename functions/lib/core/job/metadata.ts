// Names, labels and annotations of a Job and its pod: labels select them, annotations store the run's state.
import { annotation, finalizer, jobNameOf, label, labelValueOf } from "../annotations/annotations.ts";
import type { Job, JobSpec } from "../kubernetes.ts";
import type { TaskJob } from "./task-job.ts";

type Metadata = NonNullable<Job["metadata"]>;

export const makeJobMetadata = (given: TaskJob): Metadata => ({
  name: jobNameOf(given.runId, given.taskIndex),
  namespace: given.task.namespace || given.settings.JOB_NAMESPACE,
  labels: { ...labelsOf(given), [label.state]: "waiting" },
  annotations: {
    ...given.task.annotations,
    [annotation.event]: JSON.stringify(given.event),
    [annotation.spec]: JSON.stringify(given.spec),
    ...valuesOf(given),
    [annotation.announced]: "",
    [annotation.claim]: "",
    [annotation.reported]: "",
  },
  finalizers: [finalizer],
});

const valuesOf = ({ environment: { wanted } }: TaskJob) =>
  wanted.length > 0 ? { [annotation.values]: JSON.stringify(wanted) } : {};

/** Without the state label, because pod templates are immutable. */
export const makePodMetadata = (given: TaskJob): NonNullable<JobSpec["template"]["metadata"]> => ({
  labels: labelsOf(given),
  ...(given.task.annotations ? { annotations: { ...given.task.annotations } } : {}),
});

const labelsOf = ({ event, spec, task, settings, ...given }: TaskJob): Record<string, string> => ({
  ...task.labels,
  ...settings.JOB_LABELS,
  [label.managedBy]: labelValueOf(settings.FULL_DEPLOYMENT_NAME),
  [label.context]: labelValueOf(event.shkeptncontext),
  [label.eventId]: labelValueOf(event.id),
  [label.commitId]: labelValueOf(event.gitcommitid ?? ""),
  [label.action]: nameLabelOf(spec.action),
  [label.task]: nameLabelOf(task.name),
  [label.configHash]: given.configHash,
  [label.actionIndex]: String(given.actionIndex),
  [label.taskIndex]: String(given.taskIndex),
  [label.run]: given.runId,
});

/** Names as JES writes them, so that its users' selectors keep working; only names that are too long end in a hash. */
const nameLabelOf = (name: string): string => {
  if (name.length > 256) return labelValueOf(name);
  const clean = name.replace(/[^-A-Za-z0-9_.]+/g, "_").replace(/^[-_.]+|[-_.]+$/g, "");
  return clean.length <= 63 ? clean : labelValueOf(name);
};
