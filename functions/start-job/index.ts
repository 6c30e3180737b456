// start-job as a Knative function: builds its adapters from the environment.

import type { FetchOrder } from "../lib/core/files/files.ts";
import { deliverySeconds, type Program } from "../lib/host/server.ts";
import { connectKeptnFiles } from "../lib/keptn/files.ts";
import { connectKeptn } from "../lib/keptn/keptn.ts";
import { connectKubernetes } from "../lib/kubernetes/connect.ts";
import { makeLookAfterLost } from "../lib/lost-events/look-after-lost.ts";
import { jsonLog, newClaimant, systemClock } from "../lib/world.ts";
import { startJob } from "./handler.ts";
import { touchSparingly, watchSparingly } from "./touch-sparingly.ts";

export const makeProgram: Program = (settings) => {
  const log = jsonLog(settings.LOG_LEVEL);
  const kubernetes = connectKubernetes(settings, (message) => log({ level: "warn", message }));
  const keptn = connectKeptn(settings);
  const files = { connect: (order: FetchOrder) => connectKeptnFiles(settings, order) };
  const openEarly = () => {
    kubernetes.openEarly();
    keptn.openEarly();
  };
  const lookAfterLost = makeLookAfterLost(settings, log);
  const timer = touchSparingly(kubernetes.timer);
  const watch = kubernetes.watch && watchSparingly(kubernetes.watch, systemClock.now);
  const ports = {
    ...kubernetes,
    timer,
    ...(watch ? { watch } : {}),
    files,
    log,
    settings,
    clock: systemClock,
    newClaimant,
  };
  const handle = (event: unknown) => {
    setImmediate(() => void import("../lib/core/plan/plan.ts")); // loaded while Keptn is asked for the job config
    return startJob({ ...ports, keptn: keptn.within(deliverySeconds) })(event);
  };
  // After the response: registration is only for Keptn's Bridge.
  const afterwards = () => {
    void keptn.register();
    void lookAfterLost();
  };
  return { log, openEarly, handle: (event) => handle(event).finally(() => setImmediate(afterwards)) };
};
