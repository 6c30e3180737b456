// Reads the runs of a cluster with a constant number of requests, plus some for stuck runs.
import pLimit from "p-limit";
import { type RunState, wasReported } from "../../lib/core/run/run-state.ts";
import type { ClusterView } from "../../lib/core/view/cluster-view.ts";
import { findRuns } from "../../lib/core/view/find.ts";
import { questionsOf, type RunView, readRuns, viewRun } from "../../lib/core/view/run-view.ts";
import { IoError } from "../../lib/io-error.ts";
import type { Runs } from "../../lib/kubernetes/runs.ts";

export interface RunsPorts {
  readonly runs: Runs;
  readonly settings: ClusterView["settings"];
  readonly now: () => Date;
}

export interface Wanted {
  /** "*" means all. */
  readonly namespace: string;
  /** See findRuns; undefined: all runs. */
  readonly run?: string;
  /** Number of reported runs; ignored with `run`. */
  readonly recent: number;
}

export type ClusterRuns = Awaited<ReturnType<typeof readClusterView>>;

/** Each question costs a request, and nobody reads more at once. */
const mostQuestions = 20;
const sideBySide = 5;

/** @throws IoError */
export const readClusterView = async (ports: RunsPorts, wanted: Wanted) => {
  const { runs: all, jobsUnread } = await listRuns(ports.runs, wanted.namespace);
  const found = wanted.run === undefined ? all : findRuns(all, wanted.run);
  const more = wanted.run === undefined ? Math.max(0, found.filter(wasReported).length - wanted.recent) : 0;
  const runs = found.slice(0, found.length - more);
  const { notes, ...pods } = await listPods(ports.runs, runs, wanted);
  const seen = { ...pods, jobsUnread, settings: ports.settings };
  const answers = await answerQuestions(ports.runs, runs, { ...seen, nowMs: ports.now().getTime() });
  return {
    /** Open runs first, then newest first. @param nowMs used for ages */
    view: (nowMs: number): RunView[] => runs.map((run) => viewRun(run, { ...seen, ...answers, nowMs })),
    /** Reported runs that were left out. */
    more,
    /** Sentences about objects that could not be read. */
    notes: [...[...jobsUnread.values()].map((why) => `${why} The state of tasks there is unknown.`), ...notes],
  };
};

/** Tasks of one run may be in several namespaces. */
const listRuns = async (runs: Runs, namespace: string) => {
  const jobs = await runs.listJobs(namespace);
  const here = readRuns(jobs);
  const others = namespace === "*" ? [] : namespacesOf(here).filter((other) => other !== namespace);
  const { read, unread } = await listEach(others, (other) => runs.listJobs(other));
  if (others.length === 0) return { runs: here, jobsUnread: unread };
  const known = new Set(here.map(({ id }) => id));
  return { runs: readRuns([...jobs, ...read]).filter(({ id }) => known.has(id)), jobsUnread: unread };
};

/** @returns the items, and by namespace why others cannot be listed @throws IoError, except for refusals */
const listEach = async <T>(namespaces: readonly string[], list: (namespace: string) => Promise<readonly T[]>) => {
  const unread = new Map<string, string>();
  const lists = namespaces.map(async (namespace) => {
    try {
      return await list(namespace);
    } catch (fault) {
      if (!(fault instanceof IoError && fault.httpStatus === 403)) throw fault;
      unread.set(namespace, fault.message);
      return [];
    }
  });
  return { read: (await Promise.all(lists)).flat(), unread };
};

/** @param asked "*": one request for all namespaces */
const namespacesOf = (runs: readonly RunState[], asked = ""): string[] => {
  if (asked === "*" && runs.length > 0) return ["*"];
  return [...new Set(runs.flatMap(({ spec }) => spec.jobs.map(({ namespace }) => namespace)))];
};

/** Pods of running tasks; for the wanted run, also ended ones. Without them, the view has less detail. */
const listPods = async (runs: Runs, shown: readonly RunState[], wanted: Wanted) => {
  const running = shown.filter(({ tasks }) => tasks.some(({ phase }) => phase === "running"));
  const asked = wanted.run === undefined ? namespacesOf(running, wanted.namespace) : namespacesOf(shown);
  const ids = wanted.run === undefined ? [undefined] : shown.map(({ id }) => id);
  const { read: pods, unread } = await listEach(asked, async (namespace) =>
    (await Promise.all(ids.map((id) => runs.listPods(namespace, id)))).flat(),
  );
  const notes = [...unread.values()].map(
    (why) => `${why} Without it, the reason why a task does not start is unknown.`,
  );
  return { ...(unread.has("*") ? {} : { pods }), podsUnread: new Set(unread.keys()), notes };
};

const answerQuestions = async (
  runs: Runs,
  shown: readonly RunState[],
  sight: ClusterView,
): Promise<Pick<ClusterView, "warnings" | "timer">> => {
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
