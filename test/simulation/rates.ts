// What can go wrong in a world, how often, and how a story calls it.

/** Probability for each occasion; most worlds are rough in a few ways only, see chance.ts. */
export const rates = {
  // One call of a function to Kubernetes or Keptn.
  crashesBefore: 0.006,
  crashesAfter: 0.006,
  fails: 0.012,
  forbidden: 0.003,
  answerLost: 0.01,
  timesOut: 0.006,
  foundDone: 0.01,
  slow: 0.03,
  readsStale: 0.03,
  fallsAsleep: 0.004,
  // One event on its way.
  startEventLost: 0.01,
  startEventDoubled: 0.1,
  startEventAgainLate: 0.03,
  startEventThin: 0.05,
  brokerForgets: 0.01,
  changeLost: 0.1,
  changeDoubled: 0.05,
  changeLate: 0.05,
  pingLost: 0.05,
  pingDoubled: 0.05,
  // A world, or one event in it.
  adapterRestarts: 0.15,
  adapterOverlaps: 0.1,
  keptnRestarts: 0.15,
  keptnOverloaded: 0.1,
  apiServerAway: 0.05,
  timerLingers: 0.15,
  rightsLost: 0.06,
  namespaceDeleted: 0.04,
  watchLingers: 0.1,
  watchSlow: 0.15,
  watchReadyEarly: 0.15,
  watchDeleted: 0.1,
  watchAlways: 0.1,
  watchOfOthers: 0.3,
  twoImages: 0.25,
  snapshots: 0.12,
  verifiesEvents: 0.1,
  beyondBounds: 0.04,
  longWorld: 0.001,
  startedTooEarly: 0.05,
  answerDropped: 0.01,
  refusedForGood: 0.002,
  losesSight: 0.02,
  // People.
  jobDeleted: 0.05,
  runDeleted: 0.02,
  jobRemovedByForce: 0.02,
  aborted: 0.05,
  brokenConfig: 0.03,
  configChanged: 0.02,
  // One task.
  taskFails: 0.1,
  imageMissing: 0.03,
  imageLate: 0.03,
  endless: 0.02,
  sidecarLasts: 0.04,
  sidecarFails: 0.03,
  evicted: 0.03,
  startsLate: 0.03,
} as const;

export type Mishap = keyof typeof rates;

/** Of those that happen in a world, they make the end of no other task late. */
export const harmless: ReadonlySet<Mishap> = new Set<Mishap>([
  ...(["snapshots", "verifiesEvents", "longWorld", "watchAlways", "timerLingers", "startEventThin"] as const),
  ...(["brokenConfig", "configChanged", "taskFails", "imageMissing", "imageLate", "endless"] as const),
  ...(["evicted", "startsLate", "sidecarFails", "startEventDoubled", "pingDoubled", "changeDoubled"] as const),
]);

/** How a story tells of it: "<where it happens>: <this>". */
export const phrases: Readonly<Record<Mishap, string>> = {
  crashesBefore: "crashes before",
  crashesAfter: "crashes after",
  fails: "fails, and nothing happened",
  forbidden: "is forbidden",
  answerLost: "happens, but the answer is lost",
  timesOut: "times out",
  foundDone: "is tried again, and finds its own work",
  slow: "is slow",
  readsStale: "is answered with what was a while ago",
  fallsAsleep: "and then the process sleeps",
  startEventLost: "is lost",
  startEventDoubled: "comes twice",
  startEventAgainLate: "comes again after hours",
  startEventThin: "comes with its ids only",
  brokerForgets: "is forgotten by the Broker",
  changeLost: "is lost",
  changeDoubled: "comes twice",
  changeLate: "is late",
  pingLost: "is lost",
  pingDoubled: "comes twice",
  adapterRestarts: "the ApiServerSource's adapter restarts",
  adapterOverlaps: "two of the ApiServerSource's adapters overlap",
  keptnRestarts: "Keptn restarts",
  keptnOverloaded: "Keptn has too much to do: it is slow to count, and fails or drops each tenth request",
  apiServerAway: "the API server is away",
  timerLingers: "a removed timer lingers for long",
  rightsLost: "the rights in a namespace are lost for hours",
  namespaceDeleted: "somebody deletes a namespace of Jobs",
  watchLingers: "the removed watch lingers for long",
  watchSlow: "takes long until it lists",
  watchReadyEarly: "is ready before it lists",
  watchDeleted: "is deleted by somebody",
  watchAlways: "WATCH_IDLE_SECONDS=always",
  watchOfOthers: "the watch was there before us, and stays",
  twoImages: "two versions of our image run",
  snapshots: "FILES_MODE=snapshot",
  verifiesEvents: "VERIFY_EVENTS=true",
  beyondBounds: "Keptn and processes are slower than the lease allows for",
  longWorld: "a week of events",
  startedTooEarly: "is out before Keptn listens",
  answerDropped: "is taken, and dropped",
  refusedForGood: "is refused by Keptn for good",
  losesSight: "Keptn says once that it knows no such task",
  jobDeleted: "somebody deletes a Job",
  runDeleted: "somebody deletes all its Jobs",
  jobRemovedByForce: "somebody removes a Job past its finalizer",
  aborted: "somebody aborts its sequence",
  brokenConfig: "has a broken config",
  configChanged: "somebody changes its job config, and it comes again",
  taskFails: "fails",
  imageMissing: "cannot pull its image",
  imageLate: "can pull its image late",
  endless: "does not end",
  sidecarLasts: "has a sidecar that does not end",
  sidecarFails: "has a sidecar that fails after it",
  evicted: "is evicted",
  startsLate: "has a large image, which fails once",
};

/**
 * What the design relies on. Exactly-once needs the two of Keptn, for it offers no fencing: a request has ended after
 * KEPTN_RETRY_SECONDS, whatever became of it, and Keptn has counted what it took before a third of the lease is over.
 */
export const bounds = {
  kubernetesMs: 15_000,
  /** Of a third of the lease: this much earlier, since clocks differ. */
  countedEarlierMs: 2000,
  /** Each clock is off by so much at most. */
  skewMs: 500,
} as const;
