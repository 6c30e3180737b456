// finish-task as a Knative function: builds its adapters from the environment.

import { parseHint } from "../lib/core/run/hint.ts";
import { deliverySeconds, type Program } from "../lib/host/server.ts";
import { connectKeptn } from "../lib/keptn/keptn.ts";
import { connectKubernetes } from "../lib/kubernetes/connect.ts";
import { makeLookAfterLost } from "../lib/lost-events/look-after-lost.ts";
import { jsonLog, newClaimant, systemClock } from "../lib/world.ts";
import { finishTask } from "./handler.ts";

export const makeProgram: Program = (settings) => {
  const log = jsonLog(settings.LOG_LEVEL);
  const kubernetes = connectKubernetes(settings, (message) => log({ level: "warn", message }));
  const keptn = connectKeptn(settings);
  const openEarly = () => {
    kubernetes.openEarly();
    keptn.openEarly();
  };
  const ports = { ...kubernetes, log, settings, clock: systemClock, newClaimant };
  const ends = new Set<string>();
  const sweeps = { underWay: false };
  const lookAfterLost = makeLookAfterLost(settings, log);
  const handle: ReturnType<Program>["handle"] = (event, answerEarly) => {
    const answer = finishTask({ ...ports, keptn: keptn.within(deliverySeconds) }, ends, sweeps)(event, answerEarly);
    if (parseHint(event).kind !== "sweep") return answer;
    return answer.finally(() => setImmediate(() => void lookAfterLost()));
  };
  return { log, openEarly, handle };
};
