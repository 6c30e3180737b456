// How often which mishap happens, and the bounds within which the design holds.

/** Of one call or one delivery each. Most worlds are rough in a few ways: a world's own factor scales them all. */
export const rates = {
  crashBefore: 0.006,
  crashAfter: 0.006,
  /** No effect, and the caller knows. */
  fails: 0.01,
  /** It took effect, and no good answer came. */
  answerLost: 0.01,
  timesOut: 0.006,
  slow: 0.03,
  /** A patch that was repeated after its answer was lost: done, and then found not to be as expected. */
  staleAfterDone: 0.01,
  quota: 0.004,
  startEventLost: 0.01,
  startEventDoubled: 0.1,
  startEventAgainLate: 0.03,
  changeLost: 0.1,
  changeDoubled: 0.05,
  changeLate: 0.05,
  adapterDown: 0.1,
  pingLost: 0.05,
  jobDeleted: 0.05,
  jobRemovedByForce: 0.01,
  aborted: 0.05,
  startedTooEarly: 0.05,
} as const;

/**
 * Exactly-once needs them, for Keptn offers no fencing: a request has ended, whatever became of it, and Keptn has counted what it
 * took, within less than CLAIM_LEASE_SECONDS together.
 */
export const bounds = {
  kubernetesMs: 10_000,
  keptnMs: 8_000,
  countedMs: 4_000,
  skewMs: 500,
} as const;
