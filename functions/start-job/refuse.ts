// Answers an event that gets no run at all: a broken config, a rule of the operator, a Job that Kubernetes refuses.
import { type Answer, done } from "../chain/answer.ts";
import type { ChainPorts } from "../chain/ports.ts";
import { countFor } from "../chain/settle.ts";
import { makeRefused, makeStarted } from "../core/answer.ts";
import { envelopeOf, isAnswerable, isCounted, type KeptnEvent } from "../core/keptn-event.ts";
import type { Count } from "../io/keptn.ts";

export interface Refusal {
  readonly message: string;
  /** `source` of the answers; undefined: only Keptn's error log hears of it. */
  readonly source?: string;
}

/**
 * There is no Job to remember what was sent: Keptn's own count is asked, so that the same event again adds nothing.
 * @throws IoError
 */
export const refuse = async (ports: ChainPorts, event: KeptnEvent, { message, source }: Refusal): Promise<Answer> => {
  ports.log({ level: "warn", message, event: event.id, context: event.shkeptncontext });
  await logRefusal(ports, event, message);
  if (source === undefined || !isAnswerable(event.type)) return done(message);
  const envelope = envelopeOf(event);
  const count: Count = isCounted(event)
    ? await countFor(ports, envelope, source)
    : { kind: "current", started: 0, finished: 0 };
  if (count.kind === "over") return done("Keptn no longer waits for this event");
  if (count.started === 0) await ports.keptn.send(makeStarted(envelope, source));
  const finished = makeRefused(envelope, source, { message, maxBytes: ports.settings.MAX_EVENT_BYTES });
  if (count.finished < Math.max(1, count.started)) await ports.keptn.send(finished);
  return done(message);
};

const logRefusal = (ports: ChainPorts, event: KeptnEvent, message: string): Promise<void> =>
  ports.keptn.logError({
    message,
    shkeptncontext: event.shkeptncontext,
    triggeredid: event.id,
    ...(event.gitcommitid ? { gitcommitid: event.gitcommitid } : {}),
    task: event.type.split(".").at(-2) ?? event.type,
  });
