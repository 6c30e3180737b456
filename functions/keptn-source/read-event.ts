// Reads what Keptn sent as one of its events, whatever it is: nothing that anybody can publish may stop the others.
import { parseJson } from "../core/exact-json.ts";
import { type KeptnEvent, parseKeptnEvent } from "../core/keptn-event.ts";

/** @returns undefined for what start-job could not read either */
export const readEvent = (value: unknown): KeptnEvent | undefined => {
  const parsed = parseKeptnEvent(value);
  return parsed.kind === "event" ? parsed.event : undefined;
};

export const readEventText = (text: string): KeptnEvent | undefined => {
  try {
    return readEvent(parseJson(text));
  } catch {
    return undefined;
  }
};
