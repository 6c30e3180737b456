// Changes of Jobs as an ApiServerSource would tell them, of Jobs that are not so: forged from a true one.
import { annotation, label, type TaskRef } from "../../functions/lib/core/annotations/annotations.ts";
import type { Job } from "../../functions/lib/core/kubernetes.ts";
import { requestOfChange } from "../doubles/requests.ts";
import { statusOf } from "../runs.ts";
import type { HostileRequest } from "./send.ts";

export interface ForgedChange {
  readonly what: string;
  readonly verb?: "update" | "delete";
  /** @param job one of ours that runs, as the API server has it; @param other one of another run */
  readonly forge: (job: Job, other: Job) => unknown;
  readonly status: 204 | 400;
}

export const requestOfForged = ({ forge, verb = "update" }: ForgedChange, job: Job, other: Job): HostileRequest =>
  requestOfChange(verb, forge(job, other) as Job);

type Metadata = NonNullable<Job["metadata"]>;

const ended = statusOf("succeeded");
const withMetadata = (job: Job, change: Partial<Record<keyof Metadata, unknown>>): unknown => ({
  ...job,
  metadata: { ...job.metadata, ...change },
  status: ended,
});
const withLabels = (job: Job, labels: object) => withMetadata(job, { labels: { ...job.metadata?.labels, ...labels } });
const withNotes = (job: Job, notes: object) =>
  withMetadata(job, { annotations: { ...job.metadata?.annotations, ...notes } });
const withChain = (job: Job, change: object) =>
  withNotes(job, {
    [annotation.spec]: JSON.stringify({
      ...JSON.parse(job.metadata?.annotations?.[annotation.spec] ?? "{}"),
      ...change,
    }),
  });
const link: TaskRef = { namespace: "jobs", name: "a", task: "a", ttlSeconds: 1 };
const deep = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);

const believable: readonly ForgedChange[] = [
  { what: "says that the Job succeeded", forge: (job) => ({ ...job, status: ended }), status: 204 },
  { what: "says that the Job failed", forge: (job) => ({ ...job, status: statusOf("failed") }), status: 204 },
  { what: "says that the Job is gone", verb: "delete", forge: (job) => job, status: 204 },
  {
    what: "says that the Job is being deleted",
    forge: (job) => ({ ...job, metadata: { ...job.metadata, deletionTimestamp: "2026-01-02T03:04:05Z" } }),
    status: 204,
  },
  {
    what: "is of another namespace",
    forge: (job) => withMetadata(job, { namespace: "kube-system" }),
    status: 204,
  },
  {
    what: "has the run of another Job",
    forge: (job, other) => withLabels(job, { [label.run]: other.metadata?.labels?.[label.run] }),
    status: 204,
  },
  {
    what: "has the annotations of another Job",
    forge: (job, other) => withMetadata(job, { annotations: other.metadata?.annotations }),
    status: 204,
  },
  { what: "has none of our labels", forge: (job) => withMetadata(job, { labels: {} }), status: 204 },
  { what: "has none of our annotations", forge: (job) => withMetadata(job, { annotations: {} }), status: 204 },
  {
    what: "says that it was not announced",
    forge: (job) => withNotes(job, { [annotation.announced]: "" }),
    status: 204,
  },
  {
    what: "says how its run ended",
    forge: (job) => withNotes(job, { [annotation.end]: '{"kind":"failed","task":7}' }),
    status: 204,
  },
  {
    what: "has another event",
    forge: (job, other) => withNotes(job, { [annotation.event]: other.metadata?.annotations?.[annotation.event] }),
    status: 204,
  },
];

const greedy: readonly ForgedChange[] = [
  {
    what: "names 20000 namespaces for its run",
    forge: (job) =>
      withChain(job, { jobs: Array.from({ length: 20_000 }, (_, i) => ({ ...link, namespace: `n${i}` })) }),
    status: 204,
  },
  {
    what: "names all namespaces for its run",
    forge: (job) => withChain(job, { jobs: [{ ...link, namespace: "*" }] }),
    status: 204,
  },
  {
    what: "selects more than its run",
    forge: (job) => withLabels(job, { [label.run]: "a,keptn.sh/jes-state in (released)" }),
    status: 204,
  },
  { what: "has a run of 1 MB", forge: (job) => withLabels(job, { [label.run]: "a".repeat(1_000_000) }), status: 204 },
];

const broken: readonly ForgedChange[] = [
  ...["..", "*", "", "kube-system/secrets?x=", "a".repeat(64)].map(
    (namespace): ForgedChange => ({
      what: `is of the namespace "${namespace.slice(0, 30)}"`,
      forge: (job) => withMetadata(job, { namespace }),
      status: 400,
    }),
  ),
  ...[[], "x", null, 5].map(
    (metadata): ForgedChange => ({
      what: `has ${JSON.stringify(metadata)} for metadata`,
      forge: (job) => ({ ...job, metadata }),
      status: 400,
    }),
  ),
  ...[["a"], "x", { [label.run]: 5 }].map(
    (value): ForgedChange => ({
      what: `has ${JSON.stringify(value)} for labels and annotations`,
      forge: (job) => withMetadata(job, { labels: value, annotations: value }),
      status: 400,
    }),
  ),
  ...["x", {}, [null], ["x"]].map(
    (conditions): ForgedChange => ({
      what: `has ${JSON.stringify(conditions)} for conditions`,
      forge: (job) => ({ ...job, status: { conditions } }),
      status: 400,
    }),
  ),
  ...[
    "",
    "null",
    "{",
    "[null]",
    '{"jobs":[null]}',
    '{"jobs":{"length":1}}',
    '{"__proto__":{"jobs":[]}}',
    deep(200_000),
  ].map(
    (text): ForgedChange => ({
      what: `has ${text.slice(0, 30)} for a chain and an event`,
      forge: (job) => withNotes(job, { [annotation.spec]: text, [annotation.event]: text, [annotation.claim]: text }),
      status: 204,
    }),
  ),
  { what: "is of another kind", forge: (job) => ({ ...job, kind: "Pod" }), status: 400 },
];

export const forgedChanges: readonly ForgedChange[] = [...believable, ...greedy, ...broken];

/** Annotations that somebody with rights in the namespace of Jobs could give to Jobs of his own, beside our labels. */
export const forgedNotes: readonly Readonly<Record<string, string>>[] = [
  {},
  ...["null", "{", '{"jobs":[null]}', deep(100_000)].map((text) => ({
    ...{ [annotation.spec]: text, [annotation.event]: text, [annotation.claim]: text, [annotation.end]: text },
  })),
];
