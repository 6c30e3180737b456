// The probe event with which `job-executor connect` tests the webhook route: start-job responds to it, without any other effect.

/** Shipyard files do not contain such a task. */
export const probeType = "sh.keptn.event.job-executor-probe.triggered";
