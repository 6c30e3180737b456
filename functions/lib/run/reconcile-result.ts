// The state of a run when nothing is left to do for now.

export type ReconcileResult = ({ readonly kind: "over" } | { readonly kind: "wait"; readonly why: string }) & {
  /** Ends of its Jobs that were seen and handled: see `endOfJob`. */
  readonly ends?: readonly string[];
};
