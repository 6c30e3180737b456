// What a look at an installation found: one sentence for each thing that was looked at, and what mends it.

export interface Finding {
  readonly id: FindingId;
  readonly severity: "ok" | "warning" | "error";
  /** What was seen, as a sentence that names the object. */
  readonly seen: string;
  /** What to do: a command where there is one. Not there when all is well. */
  readonly fix?: string;
}

/** What is looked at, in this order; docs/check.md has a line for each. */
export const findingIds = [
  "api-server",
  "clock",
  "knative-serving",
  "knative-eventing",
  "installation",
  "function",
  "visibility",
  "broker",
  "trigger",
  "job-changes",
  "sweep-timer",
  "event-source",
  "settings",
  "secret",
  "rights",
  "denied-names",
  "job-namespace",
  "pod-security",
  "kueue",
  "dry-event",
] as const;

export type FindingId = (typeof findingIds)[number];

export const fine = (id: FindingId, seen: string): Finding => ({ id, severity: "ok", seen });

export const warn = (id: FindingId, seen: string, fix: string): Finding => ({ id, severity: "warning", seen, fix });

export const wrong = (id: FindingId, seen: string, fix: string): Finding => ({ id, severity: "error", seen, fix });
