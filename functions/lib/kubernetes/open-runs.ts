// Finds open runs by namespace and page, reading only each Job's run id.
import pLimit from "p-limit";
import { label } from "../core/annotations/annotations.ts";
import type { Job } from "../core/kubernetes.ts";
import { addNamespaces, partsOfScopes, type RunScope, type ScopePart } from "../core/run/run-scope.ts";
import { IoError } from "../io-error.ts";
import type { KubernetesApi } from "./api.ts";
import { collectionOfJobs } from "./job-paths.ts";
import { listPages } from "./list.ts";
import type { OpenRuns } from "./ports.ts";

/** "Receiving resources as partial metadata" (Kubernetes, API concepts). */
const metadataOnly = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/** Annotations contain the run's event, so 500 Jobs have 1 to 150 MB of metadata. A parsed page takes about three times its size. */
const pageBytes = 4 * 1024 * 1024;

const listsSideBySide = 3;

type Metadata = Pick<Job, "metadata">;

/** @throws IoError if all lists fail, and a retry may help */
export const listOpenRuns = async (api: KubernetesApi, scopes: readonly RunScope[]): Promise<OpenRuns> => {
  const found: Found = { runs: new Map(), faults: new Map() };
  const { runs, faults } = found;
  const parts = partsOfScopes(scopes);
  const limit = pLimit(listsSideBySide);
  await Promise.all(parts.map((part) => limit(() => listPart(api, part, found))));
  const unread = [...faults].map(([namespace, fault]) => ({ namespace, fault }));
  const away = parts.every(({ namespace }) => faults.get(namespace)?.retryable);
  if (runs.size === 0 && away && unread[0]) throw unread[0].fault;
  return { runs, unread };
};

interface Found {
  readonly runs: Map<string, Set<string>>;
  readonly faults: Map<string, IoError>;
}

const listPart = async (api: KubernetesApi, { managedBy, namespace }: ScopePart, found: Found): Promise<void> => {
  const pages = listPages<Metadata>(api, {
    collection: collectionOfJobs(namespace),
    selectors: { labelSelector: `${label.managedBy}=${managedBy},${label.state} in (waiting,released)` },
    accept: metadataOnly,
    maxBytes: pageBytes,
    onTooLarge: (head, fault) => {
      const job = metadataIn(head);
      if (job) addNamespaces(found.runs, [job]);
      else found.faults.set(namespace, fault);
    },
  });
  try {
    for await (const page of pages) addNamespaces(found.runs, page);
  } catch (fault) {
    if (!(fault instanceof IoError)) throw fault;
    found.faults.set(namespace, fault);
  }
};

/** Whether such a Job's run can be reconciled is known only after reading all of it. @returns undefined if it is not in the head */
const metadataIn = (head: string): Metadata | undefined => {
  const runId = new RegExp(`"${label.run}":"([^"]+)"`).exec(head)?.[1];
  const namespace = /"items":\[\{.*?"namespace":"([^"]+)"/s.exec(head)?.[1];
  return runId && namespace ? { metadata: { namespace, labels: { [label.run]: runId } } } : undefined;
};
