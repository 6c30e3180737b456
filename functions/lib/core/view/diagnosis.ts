// What keeps a run, and what to do about it.

export interface Diagnosis {
  /** Why the run is stuck, in sentences; undefined: it is not. */
  readonly why?: string;
  readonly fix?: string;
  /** Requests that would add detail, and were not made yet. */
  readonly questions?: readonly Question[];
}

export type Question =
  | { readonly about: "timer" }
  | { readonly about: "object"; readonly namespace: string; readonly name: string; readonly uid: string };
