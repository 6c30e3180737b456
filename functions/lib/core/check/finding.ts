// A finding of a check: a sentence about one item, and a fix.

export interface Finding {
  readonly id: FindingId;
  readonly severity: "ok" | "warning" | "error";
  /** A sentence that names the object and its state. */
  readonly seen: string;
  /** A command if there is one. Undefined if there is no problem. */
  readonly fix?: string;
}

/** The checks, in this order; docs/check.md has a line for each. */
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
