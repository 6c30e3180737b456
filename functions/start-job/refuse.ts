// Answers an event that gets no run at all: a broken config, a rule of the operator, a Job that Kubernetes refuses.
import { type Answer, done } from "../chain/answer.ts";
import type { ChainPorts } from "../chain/ports.ts";
import { countFor, evenOut } from "../chain/settle.ts";
import { makeRefused, makeStarted } from "../core/answer.ts";
import { envelopeOf, isAnswerable, isCounted, type KeptnEvent } from "../core/keptn-event.ts";
import { IoError } from "../io/io-error.ts";

export interface Refusal {
  readonly message: string;
  /** `source` of the answers; undefined: only Keptn's error log hears of it. */
  readonly source?: string;
}

/** @throws IoError, retryable wherever the same event again could help */
export const refuse = async (ports: ChainPorts, event: KeptnEvent, { message, source }: Refusal): Promise<Answer> => {
  ports.log({ level: "warn", message, event: event.id, context: event.shkeptncontext });
  await logRefusal(ports, event, message);
  if (source === undefined || !isAnswerable(event.type)) return done(message);
  try {
    return await answer(ports, event, { message, source });
  } catch (fault) {
    // No sweep would come back to it when we get our rights: there is no Job, only the Broker remembers.
    if (fault instanceof IoError && fault.httpStatus === 403)
      throw new IoError(fault.message, { retryable: true, cause: fault });
    throw fault;
  }
};

/** There is no Job to remember what was sent: Keptn's own count is asked, so that the same event again adds nothing. */
const answer = async (ports: ChainPorts, event: KeptnEvent, refusal: Required<Refusal>): Promise<Answer> => {
  const { message, source } = refusal;
  const envelope = envelopeOf(event);
  const finished = makeRefused(envelope, source, { message, maxBytes: ports.settings.MAX_EVENT_BYTES });
  if (!isCounted(event)) {
    await ports.keptn.send(makeStarted(envelope, source));
    await ports.keptn.send(finished);
    return done(message);
  }
  const count = await countFor(ports, envelope, source);
  if (count.kind === "over") return done("Keptn no longer waits for this event");
  await evenOut(ports, count, { event: envelope, source, finished });
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
