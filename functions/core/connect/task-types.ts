// The tasks of a project by their names, which `connect` subscribes webhook-service to: a pattern would take events from other subscriptions.
import { sentByOthers } from "../source/plan-look.ts";
import { makeProject } from "../source/project.ts";
import { covers } from "../source/subject.ts";
import { everyTask, type Selection } from "./selection.ts";

/**
 * What `everyTask` stands for in this project: tasks of its shipyard file (of the selection's stage, if it has one), and what Keptn has
 * in any project. `configure-monitoring.triggered` is none of them: it names no stage, and start-job answers none such.
 * @param shipyard the file's text
 */
export const taskTypesOf = ({ project, stage }: Selection, shipyard: string): readonly string[] => {
  const { types } = makeProject(project, shipyard, stage);
  return [...new Set([...types.filter((type) => covers(everyTask, type)), sentByOthers])];
};

/** Whether a file names any: one that names none, or cannot be read, leaves what Keptn has in any project. */
export const hasOwnTasks = (selection: Selection, shipyard: string): boolean =>
  taskTypesOf(selection, shipyard).length > taskTypesOf(selection, "").length;
