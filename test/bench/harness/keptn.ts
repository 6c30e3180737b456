// Keptn's double, which tells as soon as it hears how a run went.
import { type KeptnDouble, startKeptn } from "../../doubles/keptn/keptn-double.ts";

export interface TellingKeptn {
  readonly keptn: KeptnDouble;
  /** Resolves as soon as Keptn has the `.finished` of an event. To be called before that comes. */
  finishedOf(eventId: string): Promise<void>;
}

export const startTellingKeptn = async (): Promise<TellingKeptn> => {
  const awaited = new Map<string, () => void>();
  const hear = ({ type, triggeredid = "" }: { type: string; triggeredid?: string }): void => {
    if (type.endsWith(".finished")) awaited.get(triggeredid)?.();
  };
  const keptn = await startKeptn({ onNats: hear });
  return { keptn, finishedOf: (eventId) => new Promise((resolve) => awaited.set(eventId, resolve)) };
};
