// What a sink's answer means for the event that was sent to it.

export type SinkAnswer =
  /** 2xx: the event is the sink's now. */
  | "taken"
  /** The sink may take it later, or somebody has to mend something first. */
  | "later"
  /** The sink will never take this event. */
  | "never";

/**
 * Of the event itself: not understood, too large, not its kind (RFC 9110, RFC 6585). What is wrong with the way (401, 403, 404, 405,
 * 409, 429, a redirect) can be mended, and a Broker's 404, 409 and 429 pass by themselves (eventing: kncloudevents/retries.go).
 */
const refusals = [400, 411, 413, 414, 415, 422, 431];

export const judgeAnswer = (status: number): SinkAnswer => {
  if (status >= 200 && status <= 299) return "taken";
  return refusals.includes(status) ? "never" : "later";
};
