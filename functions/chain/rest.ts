// Where a run rests once nothing is left to do for now.

export type Rest = ({ readonly kind: "over" } | { readonly kind: "wait"; readonly why: string }) & {
  /** Ends of its Jobs that were seen and dealt with: see `endOfJob`. */
  readonly ends?: readonly string[];
};
