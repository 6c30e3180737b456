// Job and pod ports of a simulated world, for one process.
import { annotation, label } from "../../functions/lib/core/annotations/annotations.ts";
import type { Job } from "../../functions/lib/core/kubernetes.ts";
import { addNamespaces, partsOfScopes, type RunScope } from "../../functions/lib/core/run/run-scope.ts";
import { stateOf } from "../../functions/lib/core/run/run-state.ts";
import { emptyLog } from "../../functions/lib/core/text/log-text.ts";
import { IoError } from "../../functions/lib/io-error.ts";
import type { OpenRuns } from "../../functions/lib/kubernetes/ports.ts";
import { readJobsByName } from "../../functions/lib/kubernetes/run-by-name.ts";
import type { StartJobPorts } from "../../functions/start-job/handler.ts";
import { reading, tail, writing } from "./calls.ts";
import type { Caller } from "./ports.ts";
import type { Process } from "./process.ts";
import { renderChange } from "./render-change.ts";
import type { World } from "./world.ts";

/** Namespace by namespace, as in open-runs.ts. */
const listOpen = ({ store, namespaces }: World, scopes: readonly RunScope[]): OpenRuns => {
  const [runs, unread] = [new Map<string, Set<string>>(), new Map<string, OpenRuns["unread"][number]>()];
  for (const { managedBy, namespace } of partsOfScopes(scopes)) {
    try {
      namespaces.use(namespace);
    } catch (fault) {
      unread.set(namespace, { namespace, fault: fault as IoError });
      continue;
    }
    const isWanted = (job: Job) =>
      job.metadata?.namespace === namespace &&
      job.metadata.labels?.[label.managedBy] === managedBy &&
      (stateOf(job) === "waiting" || stateOf(job) === "released");
    addNamespaces(runs, store.list(isWanted));
  }
  return { runs, unread: [...unread.values()] };
};

export const makeJobs = (world: World, process: Process, call: Caller): StartJobPorts["jobs"] => {
  const { store, namespaces, cluster, checks, tell } = world;
  const who = process.name;
  /** A run in two namespaces is listed one namespace at a time. */
  const see = (runId: string, jobs: readonly Job[]): void => {
    if (process.looked.get(runId) !== "some") process.looked.set(runId, jobs.length > 0 ? "some" : "none");
  };
  const listRun = (runId: string, within: readonly string[]): Promise<Job[]> =>
    call({
      ...reading("list run"),
      // A sibling whose Jobs may not be listed and that Keptn does not know is reported as errored after a while.
      onForbidden: () => checks.disturb(runId),
      effect: () => {
        for (const one of within) namespaces.use(one);
        const listed = store.listRun(runId, within);
        see(runId, listed);
        return listed;
      },
    });
  /** At separate moments: others may change the run in between. */
  const readJob = async ({ namespace, name }: { readonly namespace: string; readonly name: string }) =>
    call({
      ...reading("get Job"),
      about: tail(name),
      effect: () => {
        namespaces.use(namespace);
        return store.list((job) => job.metadata?.namespace === namespace && job.metadata.name === name)[0];
      },
    }).catch((fault) => {
      if (fault instanceof IoError && fault.httpStatus === 403) return undefined; // the list gives the reason
      throw fault;
    });
  return {
    create: (job) =>
      call<Job | "exists">({
        ...writing("create Job"),
        ...{ about: tail(job.metadata?.name), foundDone: "exists" },
        effect: () => {
          namespaces.create(job.metadata?.namespace ?? "");
          if (checks.runOf(job)?.action.refused)
            throw new IoError("admission webhook denied the request", { retryable: false, httpStatus: 403 });
          const created = store.create(job);
          see(job.metadata?.labels?.[label.run] ?? "", [job]);
          tell(() => `${who} creates Job ${tail(job.metadata?.name)}${created === "exists" ? ": it is there" : ""}`);
          return created;
        },
      }),
    listRun: async (runId, within, { byName } = {}) => {
      const read = byName ? await readJobsByName(readJob, { runId, namespaces: within }) : undefined;
      if (read) see(runId, read);
      return read ?? listRun(runId, within);
    },
    listEvent: (eventId, within) =>
      call({
        ...reading("list event"),
        effect: () => {
          for (const one of within) namespaces.use(one);
          const listed = store.listEvent(eventId, within);
          for (const { id } of checks.eventOf(eventId)?.plans.flat() ?? [])
            see(
              id,
              listed.filter(({ metadata }) => metadata?.labels?.[label.run] === id),
            );
          return listed;
        },
      }),
    listOpen: (scopes) => call({ ...reading("list open"), effect: () => listOpen(world, scopes) }),
    patch: (ref, change) =>
      call({
        ...writing("patch"),
        about: tail(ref.name),
        effect: () => {
          namespaces.use(ref.namespace);
          const before = store.find(ref);
          const answer = store.patch(ref, change);
          if (before && answer === "done") checks.patched(before);
          if (before && answer === "done" && change.annotations?.[annotation.stopped]) checks.stopped(before);
          if (before?.spec?.suspend && answer === "done" && change.annotations?.[annotation.stopped])
            checks.missed(before, process.found.has(before.metadata?.uid ?? ""));
          const end = answer === "done" ? change.annotations?.[annotation.end] : undefined;
          if (before && end?.includes('"kind":"incomplete"')) checks.incomplete(before);
          if (before && !store.find(ref)) checks.gone(before, { alone: false, by: "us" });
          tell(
            () => `${who} patches ${tail(ref.name)}: ${renderChange(change)}${answer === "done" ? "" : `: ${answer}`}`,
          );
          return answer;
        },
        ...(change.expect ? { foundDone: "stale" } : {}),
      }),
    delete: (ref) =>
      call({
        ...writing("delete"),
        about: tail(ref.name),
        effect: () => {
          namespaces.use(ref.namespace);
          tell(() => `${who} deletes ${tail(ref.name)}`);
          store.delete(ref);
          cluster.stop(ref); // in the foreground
        },
      }),
  };
};

export const makePods = ({ cluster, namespaces, store, checks }: World, call: Caller): StartJobPorts["pods"] => ({
  list: (ref) =>
    call({
      ...reading("list pods"),
      onForbidden: () => {
        const job = store.find(ref);
        if (job) checks.podsForbidden(job);
      },
      effect: () => {
        namespaces.use(ref.namespace);
        return cluster.podsOf(ref);
      },
    }),
  getLog: () => call({ ...reading("read log"), effect: () => emptyLog }),
  listWarnings: (ref) => call({ ...reading("list warnings"), effect: () => cluster.warningsOf(ref) }),
  listPodWarnings: () => call({ ...reading("list pod warnings"), effect: () => [] }),
});
