// Classifies a sink's response to an event.

export type SinkResponse =
  /** 2xx: the sink accepted the event. */
  | "taken"
  /** The sink may accept it later, perhaps after a fix. */
  | "later"
  /** The sink will never accept this event. */
  | "never";

/**
 * Problems of the event itself: malformed, too large, wrong media type (RFC 9110, RFC 6585). Problems of the connection (401, 403, 404,
 * 405, 409, 429, a redirect) can be fixed, and a Broker's 404, 409 and 429 are temporary (eventing: kncloudevents/retries.go).
 */
const refusals = [400, 411, 413, 414, 415, 422, 431];

export const classifyResponse = (status: number): SinkResponse => {
  if (status >= 200 && status <= 299) return "taken";
  return refusals.includes(status) ? "never" : "later";
};
