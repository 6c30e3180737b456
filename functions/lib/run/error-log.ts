// Writes the reason why a run failed to Keptn's error log: the Bridge shows it with the integration (go-sdk: logforwarder.go).
import type { Envelope } from "../core/event/keptn-event.ts";
import type { ReconcilePorts } from "./ports.ts";

/** Never throws. */
export const logErrored = (ports: ReconcilePorts, event: Envelope, message: string): Promise<void> =>
  ports.keptn.logError({
    message,
    shkeptncontext: event.shkeptncontext,
    triggeredid: event.id,
    ...(event.gitcommitid ? { gitcommitid: event.gitcommitid } : {}),
    task: event.type.split(".").at(-2) ?? event.type,
  });
