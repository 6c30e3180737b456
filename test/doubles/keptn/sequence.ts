// A sequence's way from task to task: shipyard-controller/models/sequence_execution.go and internal/controller/shipyardcontroller.go.
import { isMap, type Json, merge } from "./merge.ts";
import { resultOf, type TaskEvent, type TaskResult } from "./task.ts";

export interface TaskDefinition {
  readonly name: string;
  readonly properties?: Json | null;
}

/** One stage's execution, in the form that `sequence-execution` answers with. */
export interface Execution {
  readonly _id: string;
  readonly sequence: { readonly name: string; readonly tasks: readonly TaskDefinition[] };
  readonly scope: Scope;
  readonly inputProperties: Json;
  readonly triggeredAt: string;
  readonly status: Status;
}

export interface Scope {
  readonly project: string;
  readonly stage: string;
  readonly service: string;
  readonly keptnContext: string;
  /** Id of the event that triggered the sequence. */
  readonly triggeredId: string;
  readonly gitcommitid: string;
}

interface Status {
  readonly state: string;
  readonly previousTasks: readonly (TaskResult & { readonly name: string; readonly triggeredID: string })[];
  readonly currentTask: CurrentTask;
}

interface CurrentTask {
  readonly name: string;
  readonly triggeredID: string;
  readonly events: readonly TaskEvent[];
}

const noTask: CurrentTask = { name: "", triggeredID: "", events: [] };

export const beginExecution = (given: Omit<Execution, "status">): Execution => ({
  ...given,
  status: { state: "started", previousTasks: [], currentTask: noTask },
});

/** After a failed or errored task there is none (GetNextTaskOfSequence). */
export const nextTaskOf = ({ sequence, status }: Execution): TaskDefinition | undefined => {
  const last = status.previousTasks.at(-1);
  if (last && (last.result === "fail" || last.status === "errored")) return undefined;
  return sequence.tasks[status.previousTasks.length];
};

/** GetNextTriggeredEventData: input, then what each task returned, then the task's own properties. */
export const triggeredDataOf = (execution: Execution): Json => {
  const { scope, status, inputProperties } = execution;
  const { project, stage, service } = scope;
  let data = { ...(merge({}, inputProperties) as Json), project, stage, service };
  for (const task of status.previousTasks) data = merge(data, task.properties) as typeof data;
  const last = status.previousTasks.at(-1);
  const task = nextTaskOf(execution);
  const own = task?.properties ? { [task.name]: merge((data as Json)[task.name], task.properties) } : {};
  const message = "message" in data ? { message: "" } : {};
  return { ...data, ...(last ? { result: last.result, status: last.status } : {}), ...own, ...message };
};

/** SetNextCurrentTask: from now on answers are heard. */
export const listenFor = (execution: Execution, name: string, triggeredID: string): Execution =>
  withStatus(execution, { currentTask: { name, triggeredID, events: [] } });

export const appendEvent = (execution: Execution, event: TaskEvent): Execution => {
  const { currentTask } = execution.status;
  return withStatus(execution, { currentTask: { ...currentTask, events: [...currentTask.events, event] } });
};

export const completeTask = (execution: Execution): Execution => {
  const { previousTasks, currentTask } = execution.status;
  const { name, triggeredID, events } = currentTask;
  const done = { name, triggeredID, ...resultOf(events) };
  return withStatus(execution, { previousTasks: [...previousTasks, done], currentTask: noTask });
};

/** An aborted sequence keeps its current task, and is called finished (forceTaskSequenceCompletion). */
export const endExecution = (execution: Execution, state: "finished" | "timedOut"): Execution =>
  withStatus(execution, { state });

export const isOver = (execution: Execution): boolean => execution.status.state !== "started";

const withStatus = (execution: Execution, change: Partial<Status>): Execution => ({
  ...execution,
  status: { ...execution.status, ...change },
});

/** NewEventScope and onTaskProgress: what is kept of a task's event. */
export const taskEventOf = (event: { type: string; source: string; time: string; data: unknown }): TaskEvent => {
  const data = isMap(event.data) ? event.data : {};
  return {
    eventType: event.type,
    source: event.source,
    result: String(data["result"] ?? ""),
    status: String(data["status"] ?? ""),
    time: event.time,
    properties: event.type.endsWith(".finished") ? data : null,
  };
};
