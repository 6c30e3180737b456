// Reads an HTTP request as a CloudEvent, and says what is wrong with one that is none.
import type { IncomingHttpHeaders } from "node:http";
import { type CloudEvent, type Headers, HTTP } from "cloudevents";
import type { Problem } from "../core/problem.ts";

export type ReadEvent =
  | { readonly kind: "event"; readonly event: CloudEvent<unknown> }
  | { readonly kind: "malformed"; readonly problem: Problem };

/** @param body text, bytes, or JSON that was parsed already */
export const readCloudEvent = (headers: IncomingHttpHeaders, body: unknown): ReadEvent => {
  const type = String(headers["content-type"] ?? "");
  if (type.startsWith("application/cloudevents-batch"))
    return malformed("It is a batch.", "Send one event per request.");
  if (!headers["ce-specversion"] && !type.startsWith("application/cloudevents")) {
    return malformed(
      "It has neither a header ce-specversion nor the content type application/cloudevents+json.",
      "Send it in binary or structured mode (CloudEvents HTTP protocol binding, section 3).",
    );
  }
  try {
    const text = Buffer.isBuffer(body) ? body.toString() : body;
    const event = HTTP.toEvent({ headers: describeData(headers), body: text }) as CloudEvent<unknown>;
    if (event.specversion !== "1.0") return malformed(`Its specversion is ${event.specversion}.`, "Send version 1.0.");
    return { kind: "event", event };
  } catch (fault) {
    return malformed(explain(fault), "See CloudEvents 1.0, section 3: id, source, specversion and type are required.");
  }
};

/**
 * A Broker turns a structured event without `datacontenttype` into a binary one without `content-type`. Its data is JSON
 * (CloudEvents JSON format, section 3.1.1), which the SDK would hand over as text.
 */
const describeData = (headers: IncomingHttpHeaders): Headers =>
  (headers["content-type"] ? headers : { ...headers, "content-type": "application/json" }) as Headers;

const malformed = (why: string, fix: string): ReadEvent => ({
  kind: "malformed",
  problem: { code: "malformed-event", severity: "error", message: `The request is no CloudEvent: ${why}`, fix },
});

/** The SDK's schema errors are many lines of JSON; what they mean is one sentence each. */
const explain = (fault: unknown): string => {
  const { errors, message } = fault as { errors?: readonly unknown[] | null; message?: string };
  const said = (errors ?? []).flatMap((error) => {
    const { instancePath = "", message: text } = error as { instancePath?: string; message?: string };
    return text ? [`${instancePath.slice(1)} ${text}`.trim()] : [];
  });
  return `${said.length > 0 ? said.join("; ") : (message ?? String(fault)).split("\n")[0]}.`;
};
