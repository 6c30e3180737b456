// Keptn's shipyard-controller as a state machine: sequences, their open events, and what it hears of the answers.
import type { Json } from "./merge.ts";
import {
  appendEvent,
  beginExecution,
  completeTask,
  type Execution,
  endExecution,
  isOver,
  listenFor,
  nextTaskOf,
  type Scope,
  type TaskDefinition,
  taskEventOf,
  triggeredDataOf,
} from "./sequence.ts";
import { countOf, isComplete, type TaskEvent, type TaskResult } from "./task.ts";

/** An event as Keptn stores it. */
export interface StoredEvent {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly specversion: "1.0";
  readonly time: string;
  readonly shkeptncontext: string;
  readonly shkeptnspecversion?: string;
  readonly triggeredid?: string;
  readonly gitcommitid?: string;
  readonly data: Json;
}

export interface World {
  readonly newId: () => string;
  /** RFC 3339. */
  readonly now: () => string;
  /** What Keptn publishes: to NATS, and so to its datastore. */
  readonly publish: (event: StoredEvent) => void;
}

export interface Sequence {
  readonly name: string;
  readonly scope: Scope;
  readonly tasks: readonly TaskDefinition[];
  readonly data: Json;
  /** Called with the id of every task's event, once it is in the API: decides when `listen` is called. */
  readonly onTask: (eventId: string) => void;
}

/** What became of a task, for assertions. */
export interface TaskCount {
  /** `waiting`: in the API, but answers are not heard yet. */
  readonly state: "waiting" | "current" | "complete" | "over";
  readonly started: number;
  readonly finished: number;
  /** Once it is complete. */
  readonly result?: TaskResult;
}

export interface Shipyard {
  /** The first task's event is in the API when this returns, but not heard or published before `listen` with its id. */
  start(sequence: Sequence): StoredEvent | undefined;
  listen(eventId: string): void;
  /** `.started` and `.finished`; others are ignored. @returns whether it was counted */
  hear(event: StoredEvent): boolean;
  abort(keptnContext: string): void;
  timeOut(eventId: string): void;
  openEvents(): readonly StoredEvent[];
  executions(): readonly Execution[];
  count(eventId: string): TaskCount | undefined;
}

/** One run through a task, from its event to its end. */
interface Turn {
  readonly event: StoredEvent;
  readonly name: string;
  readonly executionId: string;
  heard: TaskEvent[];
}

/**
 * Left out, since nothing here depends on it: one sequence of a service waits for another (sequencedispatcher.go),
 * `triggeredOn`, `triggeredAfter`, pausing.
 */
export const makeShipyard = (world: World): Shipyard => {
  const executions = new Map<string, Execution>();
  const turns = new Map<string, Turn>();
  const open = new Map<string, StoredEvent>();
  const onTaskOf = new Map<string, Sequence["onTask"]>();
  const keep = (execution: Execution) => executions.set(execution._id, execution);

  /** triggerTask: first the event is stored, then the task becomes current, then the event is published. */
  const triggerTask = (execution: Execution, name: string): StoredEvent => {
    const event = makeTriggered(world, execution, name);
    open.set(event.id, event);
    turns.set(event.id, { event, name, executionId: execution._id, heard: [] });
    onTaskOf.get(execution._id)?.(event.id);
    return event;
  };
  const proceed = (execution: Execution): StoredEvent | undefined => {
    const task = nextTaskOf(execution);
    if (task) return triggerTask(execution, task.name);
    finish(endExecution(execution, "finished"));
    return undefined;
  };
  const finish = (execution: Execution): void => {
    keep(execution);
    world.publish(makeSequenceFinished(world, execution));
  };
  const end = (execution: Execution, state: "finished" | "timedOut"): void => {
    open.delete(execution.status.currentTask.triggeredID);
    finish(endExecution(execution, state));
  };

  return {
    start: ({ name, scope, tasks, data, onTask }) => {
      const given = { _id: world.newId(), sequence: { name, tasks }, scope, inputProperties: data };
      const execution = beginExecution({ ...given, triggeredAt: world.now() });
      keep(execution);
      onTaskOf.set(execution._id, onTask);
      return proceed(execution);
    },
    listen: (eventId) => {
      const turn = turns.get(eventId);
      const execution = turn && executions.get(turn.executionId);
      if (!turn || !execution || isOver(execution)) return;
      keep(listenFor(execution, turn.name, eventId));
      world.publish(turn.event);
    },
    hear: (event) => {
      // getOpenSequenceExecution: by project, context and the current task's triggering event; else it is dropped
      const execution = [...executions.values()].find((e) => isAnswerTo(event, e));
      const turn = turns.get(event.triggeredid ?? "");
      if (!execution || !turn || isOver(execution)) return false;
      const heard = appendEvent(execution, taskEventOf(event));
      turn.heard = [...heard.status.currentTask.events];
      keep(heard);
      if (!isComplete(turn.heard)) return true;
      open.delete(turn.event.id);
      const completed = completeTask(heard);
      keep(completed);
      proceed(completed);
      return true;
    },
    abort: (keptnContext) => {
      for (const execution of executions.values()) {
        if (execution.scope.keptnContext === keptnContext && !isOver(execution)) end(execution, "finished");
      }
    },
    timeOut: (eventId) => {
      const execution = executions.get(turns.get(eventId)?.executionId ?? "");
      if (execution && !isOver(execution)) end(execution, "timedOut");
    },
    openEvents: () => [...open.values()],
    executions: () => [...executions.values()],
    count: (eventId) => {
      const turn = turns.get(eventId);
      const execution = executions.get(turn?.executionId ?? "");
      return turn && execution && countTurn(turn, execution);
    },
  };
};

const isAnswerTo = (event: StoredEvent, { scope, status }: Execution): boolean =>
  scope.project === event.data["project"] &&
  scope.keptnContext === event.shkeptncontext &&
  status.currentTask.triggeredID === event.triggeredid;

const countTurn = (turn: Turn, execution: Execution): TaskCount => {
  const counts = { started: countOf(turn.heard, "started"), finished: countOf(turn.heard, "finished") };
  const done = execution.status.previousTasks.find((task) => task.triggeredID === turn.event.id);
  if (done) return { state: "complete", ...counts, result: done };
  if (isOver(execution)) return { state: "over", ...counts };
  return { state: execution.status.currentTask.triggeredID === turn.event.id ? "current" : "waiting", ...counts };
};

const envelope = (world: World, { scope }: Execution) =>
  ({
    id: world.newId(),
    source: "shipyard-controller",
    specversion: "1.0",
    time: world.now(),
    shkeptncontext: scope.keptnContext,
    shkeptnspecversion: "latest",
  }) as const;

const makeTriggered = (world: World, execution: Execution, task: string): StoredEvent => ({
  ...envelope(world, execution),
  type: `sh.keptn.event.${task}.triggered`,
  gitcommitid: execution.scope.gitcommitid,
  data: triggeredDataOf(execution),
});

const makeSequenceFinished = (world: World, execution: Execution): StoredEvent => {
  const { project, stage, service, triggeredId } = execution.scope;
  const last = execution.status.previousTasks.at(-1);
  const outcome = last ? { status: last.status, result: last.result } : { status: "aborted", result: "pass" };
  return {
    ...envelope(world, execution),
    type: `sh.keptn.event.${stage}.${execution.sequence.name}.finished`,
    triggeredid: triggeredId,
    data: { project, stage, service, ...outcome },
  };
};
