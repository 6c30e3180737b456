// finish-task as a Knative function: builds its adapters from the environment.
import { parseTrigger } from "../lib/core/run/trigger.ts";
import { deliverySeconds, type Program } from "../lib/host/server.ts";
import { connectKeptn } from "../lib/keptn/keptn.ts";
import { connectKubernetes } from "../lib/kubernetes/connect.ts";
import { makeLostEventPoll } from "../lib/lost-events/poll.ts";
import { jsonLog, newHolderIdentity, systemClock } from "../lib/process.ts";
import { finishTask } from "./handler.ts";

export const makeProgram: Program = (settings) => {
  const log = jsonLog(settings.LOG_LEVEL);
  const kubernetes = connectKubernetes(settings, (message) => log({ level: "warn", message }));
  const keptn = connectKeptn(settings);
  const preconnect = () => {
    kubernetes.preconnect();
    keptn.preconnect();
  };
  const ports = { ...kubernetes, log, settings, clock: systemClock, newHolderIdentity };
  const ends = new Set<string>();
  const sweeps = { underWay: false };
  const pollLostEvents = makeLostEventPoll(settings, log);
  const handle: ReturnType<Program>["handle"] = (event, respondEarly) => {
    const answer = finishTask({ ...ports, keptn: keptn.within(deliverySeconds) }, ends, sweeps)(event, respondEarly);
    if (parseTrigger(event).kind !== "sweep") return answer;
    return answer.finally(() => setImmediate(() => void pollLostEvents()));
  };
  return { log, preconnect, handle };
};
