// Parses received data as a Keptn event. Malformed data must not stop other events.
import { type KeptnEvent, parseKeptnEvent } from "../lib/core/event/keptn-event.ts";
import { parseJson } from "../lib/core/json/exact-json.ts";

/** @returns undefined for data that start-job could not parse either */
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
