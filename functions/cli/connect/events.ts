// What is connected: a project, stage or service, and the events of --event, or by default every task by name.
import type { ConnectPlan } from "../../lib/core/connect/plan-connect.ts";
import {
  describeSelection,
  eventTypeOf,
  everyTask,
  type Selection,
  selectionOf,
} from "../../lib/core/connect/selection.ts";
import { hasOwnTasks, taskTypesOf } from "../../lib/core/connect/task-types.ts";
import { isPattern } from "../../lib/core/source/subject.ts";
import { usageError } from "../fault.ts";
import type { ConnectOptions, Session } from "./ports.ts";
import type { KeptnView } from "./read-keptn.ts";

export interface Events {
  readonly subscribed: readonly string[];
  /** For the ConfigMap: by default every task, so that events of tasks added later are recovered too. */
  readonly noted: readonly string[];
}

/** @param hint for a missing project @throws a usage error */
export const selectionFrom = ({ project, stage, service }: ConnectOptions, hint: string): Selection => {
  if (!project) throw usageError(`No project given. ${hint}`);
  return { project, ...(stage ? { stage } : {}), ...(service ? { service } : {}) };
};

/** @returns undefined: every task @throws a usage error */
export const givenEvents = ({ event = [] }: ConnectOptions): readonly string[] | undefined => {
  const types = event.map((given) => {
    const type = eventTypeOf(given);
    if (type) return type;
    throw usageError(`--event ${given} is not a Keptn event type: use test or sh.keptn.event.test.triggered.`);
  });
  return types.length > 0 ? types : undefined;
};

export const chooseEvents = (
  given: readonly string[] | undefined,
  { selection, report }: Pick<Session, "selection" | "report">,
  { shipyard }: KeptnView,
): Events => {
  if (given) return { subscribed: given, noted: given };
  if (!hasOwnTasks(selection, shipyard))
    report.add(
      "warning",
      `The shipyard file has no tasks for ${describeSelection(selection)}: only Keptn's built-in tasks are connected.`,
      "Run this again when it has tasks, or name them: --event test.",
    );
  return { subscribed: taskTypesOf(selection, shipyard), noted: [everyTask] };
};

/** @returns whether there are overlaps; if so, nothing may be changed */
export const tellOverlaps = ({ report }: Session, { overlaps }: ConnectPlan): boolean => {
  for (const { other, wanted } of overlaps) {
    const seen = `webhook-service has a subscription to ${other.event} (${ownerOf(other.filter.projects)}, ${other.id}). It conflicts with ${wanted.join(" and ")}: an event that matches both reaches only one of them, so both lose events. Nothing was changed.`;
    report.add("error", seen, isPattern(other.event) ? mendOther(other) : "Name tasks, or omit --event.");
  }
  return overlaps.length > 0;
};

const mendOther = ({ event, filter }: ConnectPlan["overlaps"][number]["other"]): string => {
  const same = eventTypeOf(event) ? `, or use the same pattern here: --event '${event}'` : "";
  const project = selectionOf(filter)?.project;
  const ours = project ? ` (if connect made it: job-executor disconnect --project ${project}, then connect again)` : "";
  return `Replace that subscription with one for each task name, in Keptn's Bridge${ours}${same}.`;
};

export const ownerOf = (projects: readonly string[]): string =>
  projects.length === 0 ? "all projects" : `project ${projects.join(", ")}`;
