// Asks the API server which rights our service accounts have.
import { jobNamespacesOf } from "../../lib/core/check/check-secrets.ts";
import { templatesOf } from "../../lib/core/check/check-settings.ts";
import type { Facts, KnativeService, Seen } from "../../lib/core/check/facts.ts";
import { type Affixes, nameWith } from "../../lib/core/check/names.ts";
import { everywhere, type Right, rightsOf } from "../../lib/core/check/rights.ts";
import { readScopes, runScopeOf } from "../../lib/core/run/run-scope.ts";
import type { Settings } from "../../lib/core/settings/settings.ts";
import { IoError } from "../../lib/io-error.ts";
import type { ClusterReader } from "../../lib/kubernetes/cluster-reader.ts";

export interface PingSource {
  readonly metadata?: { readonly name?: string; readonly annotations?: Readonly<Record<string, string>> };
}

interface Installation extends Pick<Facts, "namespace" | "functions" | "jobChanges" | "watchSpec"> {
  readonly affixes: Affixes;
  readonly timers: Seen<readonly PingSource[]>;
}

/** The first response shows whether we may ask at all. */
export const reviewRights = (
  reader: ClusterReader,
  installation: Installation,
  settings: Settings,
): Promise<Facts["rights"]> => {
  const query = async (right: Right) => ({ ...right, allowed: await reader.mayDo(right, installation.namespace) });
  return tryRead(async () => {
    const [first, ...others] = rightsOf(accountsOf(installation), placesOf(installation, settings), settings);
    return first ? [await query(first), ...(await Promise.all(others.map(query)))] : [];
  });
};

/** @returns `unknown` after an I/O error */
export const tryRead = async <T>(read: () => Promise<T>): Promise<Seen<T>> => {
  try {
    return { kind: "there", object: await read() };
  } catch (fault) {
    if (fault instanceof IoError) return { kind: "unknown", why: fault.message.replace(/\.?$/, ".") };
    throw fault;
  }
};

const accountsOf = ({ affixes, functions, jobChanges, watchSpec }: Installation) => ({
  startJob: accountOf(functions["start-job"]) ?? nameWith(affixes, "start-job"),
  finishTask: accountOf(functions["finish-task"]) ?? nameWith(affixes, "finish-task"),
  // Of the ApiServerSource, or of the next one.
  jobChanges:
    (jobChanges.kind === "there" && jobChanges.object.spec?.serviceAccountName) ||
    (watchSpec.kind === "there" && watchSpec.object.data?.["serviceAccountName"]) ||
    "job-changes",
});

const accountOf = (seen: Seen<KnativeService>): string | undefined => templatesOf([seen])[0]?.spec?.serviceAccountName;

/** A pattern in ALLOWED_NAMESPACES needs rights in every namespace, because the sweep lists all at once. */
const placesOf = ({ namespace, timers }: Installation, settings: Settings) => {
  const isWide = runScopeOf(settings).namespaces.includes(everywhere);
  return {
    namespace,
    jobNamespaces: [...jobNamespacesOf(settings), ...(isWide ? [everywhere] : [])],
    formerNamespaces: formerNamespacesOf(timers),
  };
};

/** Recorded by start-job on the sweep's timer. */
const formerNamespacesOf = (timers: Seen<readonly PingSource[]>): string[] =>
  (timers.kind === "there" ? timers.object : [])
    .flatMap(({ metadata }) => readScopes(metadata?.annotations))
    .flatMap(({ namespaces }) => namespaces)
    .filter((name) => name !== everywhere);
