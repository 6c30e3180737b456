// Looks at the runs of a cluster: few requests however many they are, and some more for those that are stuck.
import pLimit from "p-limit";
import type { Job, Pod } from "../../core/kubernetes.ts";
import { type RunState, wasReported } from "../../core/run-state.ts";
import { findRuns } from "../../core/view/find.ts";
import { questionsOf, type RunView, readRuns, viewRun } from "../../core/view/run-view.ts";
import type { Sight } from "../../core/view/sight.ts";
import { IoError } from "../../io/io-error.ts";
import type { Runs } from "../../io/kubernetes/runs.ts";

export interface LookPorts {
  readonly runs: Runs;
  readonly settings: Sight["settings"];
  readonly now: () => Date;
}

export interface Wanted {
  /** "*" is all of them. */
  readonly namespace: string;
  /** See findRuns; undefined: all runs. */
  readonly run?: string;
  /** How many of those that were reported; of no importance with `run`. */
  readonly recent: number;
}

export interface Look {
  /** Open ones first, the newest first. @param nowMs they grow older between two looks */
  view(nowMs: number): RunView[];
  /** Reported runs that were left out. */
  readonly more: number;
  /** What could not be looked at, for people. */
  readonly notes: readonly string[];
}

/** More is more than anybody reads at once, and each costs a request. */
const mostQuestions = 20;
const sideBySide = 5;

/** @throws IoError */
export const look = async (ports: LookPorts, wanted: Wanted): Promise<Look> => {
  const all = await listRuns(ports.runs, wanted.namespace);
  const found = wanted.run === undefined ? all : findRuns(all, wanted.run);
  const reported = found.filter(wasReported).length;
  const more = wanted.run === undefined ? Math.max(0, reported - wanted.recent) : 0;
  const runs = found.slice(0, found.length - more);
  const { pods, notes } = await listPods(ports.runs, runs, wanted);
  const seen = { ...(pods ? { pods } : {}), settings: ports.settings };
  const answers = await answerQuestions(ports.runs, runs, { ...seen, nowMs: ports.now().getTime() });
  return {
    view: (nowMs) => runs.map((run) => viewRun(run, { ...seen, ...answers, nowMs })),
    more,
    notes,
  };
};

/** Tasks of one run may be in several namespaces. */
const listRuns = async (runs: Runs, namespace: string): Promise<RunState[]> => {
  const jobs = await runs.listJobs(namespace);
  const here = readRuns(jobs);
  if (namespace === "*") return here;
  const others = namespacesOf(here).filter((other) => other !== namespace);
  if (others.length === 0) return here;
  const known = new Set(here.map(({ id }) => id));
  const more: readonly Job[] = (await Promise.all(others.map((other) => runs.listJobs(other)))).flat();
  return readRuns([...jobs, ...more]).filter(({ id }) => known.has(id));
};

/** @param asked "*": one request for all of them */
const namespacesOf = (runs: readonly RunState[], asked = ""): string[] => {
  if (asked === "*" && runs.length > 0) return ["*"];
  return [...new Set(runs.flatMap(({ chain }) => chain.jobs.map(({ namespace }) => namespace)))];
};

/** Of those that run now; of the wanted run all, ended or not. Without them the view is a little less telling. */
const listPods = async (
  runs: Runs,
  shown: readonly RunState[],
  wanted: Wanted,
): Promise<{ readonly pods?: readonly Pod[]; readonly notes: readonly string[] }> => {
  const running = shown.filter(({ tasks }) => tasks.some(({ phase }) => phase === "running"));
  const lists =
    wanted.run === undefined
      ? namespacesOf(running, wanted.namespace).map((namespace) => runs.listPods(namespace))
      : shown.flatMap((run) => namespacesOf([run]).map((namespace) => runs.listPods(namespace, run.id)));
  try {
    return { pods: (await Promise.all(lists)).flat(), notes: [] };
  } catch (fault) {
    if (!(fault instanceof IoError && fault.httpStatus === 403)) throw fault;
    return { notes: [`${fault.message} Why a task does not start is not known without that.`] };
  }
};

const answerQuestions = async (
  runs: Runs,
  shown: readonly RunState[],
  sight: Sight,
): Promise<Pick<Sight, "warnings" | "timer">> => {
  const questions = shown.flatMap((run) => questionsOf(run, sight));
  const objects = questions.flatMap((question) => (question.about === "object" ? [question] : []));
  const limit = pLimit(sideBySide);
  const answer = async (object: (typeof objects)[number]) => [object.uid, await runs.listWarnings(object)] as const;
  const [warnings, timer] = await Promise.all([
    Promise.all(objects.slice(0, mostQuestions).map((object) => limit(answer, object))),
    questions.some(({ about }) => about === "timer") ? runs.findTimer() : undefined,
  ]);
  return { warnings: new Map(warnings), ...(timer ? { timer } : {}) };
};
