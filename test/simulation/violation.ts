// A broken invariant.

export interface Violation {
  /** The same for all ways to break it. */
  readonly rule: Rule;
  readonly detail: string;
}

export type Rule =
  | "a silent run sends something"
  | "finished before started was sent"
  | "two different results of one run"
  | "two started counted"
  | "a task ran twice"
  | "a task ran before its turn"
  | "a task ran before its run was announced"
  | "a task ran after its run was reported"
  | "a task was released without its files"
  | "a task was released without its values"
  | "a task has a wrong value"
  | "a task failed for a value that was found"
  | "a task ran that had failed for a value"
  | "a task runs on although its run was reported"
  | "a run waits for a namespace that is none of its own"
  | "an ended run ran again"
  | "a config that came later counts"
  | "a run without a timer"
  | "a Job expired before its run was reported"
  | "a run was not reported"
  | "a finalizer is left"
  | "a Job is left behind"
  | "a ConfigMap is left behind"
  | "a timer without a run"
  | "a watch is left behind"
  | "a watch without a timer"
  | "a watch went that a start-job counts on"
  | "nobody but the sweep saw a task end"
  | "it does not come to rest"
  | "a run wakes us again and again"
  | "a task is complete before all of its runs were reported"
  | "a sequence hangs"
  | "nobody answered an event that was accepted"
  | "passed, but a task did not"
  | "failed, but nothing was wrong"
  | "an eviction counted as a failure of the task"
  | "a report blames somebody who deleted no Job"
  | "a bug";

export const renderViolation = ({ rule, detail }: Violation): string => (detail ? `${rule}: ${detail}` : rule);
