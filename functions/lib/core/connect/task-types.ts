// The event types of a project's tasks. `connect` subscribes to each by name, because a pattern would take events from other subscriptions.
import { sentByOthers } from "../source/plan-poll.ts";
import { makeProject } from "../source/project.ts";
import { covers } from "../source/subject.ts";
import { everyTask, type Selection } from "./selection.ts";

/**
 * The meaning of `everyTask` in this project: the tasks of its shipyard file (of the selection's stage, if it has one), and Keptn's
 * built-in ones. `configure-monitoring.triggered` is not included: it has no stage, and start-job does not respond to such events.
 * @param shipyard the file's text
 */
export const taskTypesOf = ({ project, stage }: Selection, shipyard: string): readonly string[] => {
  const { types } = makeProject(project, shipyard, stage);
  return [...new Set([...types.filter((type) => covers(everyTask, type)), sentByOthers])];
};

/** Whether the file has any tasks. Without tasks, or if it cannot be read, only Keptn's built-in ones remain. */
export const hasOwnTasks = (selection: Selection, shipyard: string): boolean =>
  taskTypesOf(selection, shipyard).length > taskTypesOf(selection, "").length;
