// start-job as a Knative function: builds its adapters from the environment.
import type { FetchOrder } from "../lib/core/files/fetch-order.ts";
import { deliverySeconds, type Program } from "../lib/host/server.ts";
import { connectKeptnFiles } from "../lib/keptn/files.ts";
import { connectKeptn } from "../lib/keptn/keptn.ts";
import { connectKubernetes } from "../lib/kubernetes/connect.ts";
import { makeLostEventPoll } from "../lib/lost-events/poll.ts";
import { jsonLog, newHolderIdentity, systemClock } from "../lib/process.ts";
import { startJob } from "./handler.ts";
import { throttleTouch, throttleWatch } from "./throttle-touch.ts";

export const makeProgram: Program = (settings) => {
  const log = jsonLog(settings.LOG_LEVEL);
  const kubernetes = connectKubernetes(settings, (message) => log({ level: "warn", message }));
  const keptn = connectKeptn(settings);
  const files = { connect: (order: FetchOrder) => connectKeptnFiles(settings, order) };
  const preconnect = () => {
    kubernetes.preconnect();
    keptn.preconnect();
  };
  const pollLostEvents = makeLostEventPoll(settings, log);
  const timer = throttleTouch(kubernetes.timer);
  const watch = kubernetes.watch && throttleWatch(kubernetes.watch, systemClock.now);
  const ports = {
    ...kubernetes,
    timer,
    ...(watch ? { watch } : {}),
    files,
    log,
    settings,
    clock: systemClock,
    newHolderIdentity,
  };
  const handle = (event: unknown) => {
    setImmediate(() => void import("../lib/core/plan/plan.ts")); // loaded while Keptn is asked for the job config
    return startJob({ ...ports, keptn: keptn.within(deliverySeconds) })(event);
  };
  // After the response: registration is only for Keptn's Bridge.
  const afterwards = () => {
    void keptn.register();
    void pollLostEvents();
  };
  return { log, preconnect, handle: (event) => handle(event).finally(() => setImmediate(afterwards)) };
};
