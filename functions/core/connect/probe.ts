// The event by which `job-executor connect` sees whether the webhook route works: start-job answers it, and nothing else comes of it.

/** No shipyard file names such a task. */
export const probeType = "sh.keptn.event.job-executor-probe.triggered";
