// Reads an HTTP request as a CloudEvent, and says what is wrong with one that is none.
import type { IncomingHttpHeaders } from "node:http";
import { type CloudEvent, type Headers, HTTP } from "cloudevents";
import type { Problem } from "../core/problem.ts";

export type ReadEvent =
  | { readonly kind: "event"; readonly event: CloudEvent<unknown> }
  | { readonly kind: "malformed"; readonly problem: Problem };

/** @param body as it came, or as text */
export const readCloudEvent = (headers: IncomingHttpHeaders, body: Buffer | string): ReadEvent => {
  const type = String(headers["content-type"] ?? "").toLowerCase();
  if (type.startsWith("application/cloudevents-batch"))
    return malformed("It is a batch.", "Send one event per request.");
  const isStructured = type.startsWith("application/cloudevents");
  if (!headers["ce-specversion"] && !isStructured) {
    return malformed(
      "It has neither a header ce-specversion nor the content type application/cloudevents+json.",
      "Send it in binary or structured mode (CloudEvents HTTP protocol binding, section 3).",
    );
  }
  if (isStructured && !isJson(type)) return malformed(`Its form is ${type}.`, "Send application/cloudevents+json.");
  const content = readText(body);
  if (content === undefined) return malformed("It is no valid UTF-8.", "Encode all text in UTF-8.");
  try {
    return isStructured ? readStructured(headers, content) : readBinary(headers, content, type || jsonType);
  } catch (fault) {
    return malformed(explain(fault), required);
  }
};

/** What is JSON we parse ourselves: the SDK takes the first character for a sign of what follows, and guesses quotes. */
const readStructured = (headers: IncomingHttpHeaders, content: string): ReadEvent => {
  const event: unknown = JSON.parse(content);
  const attributes = typeof event === "object" && event !== null ? (event as Record<string, unknown>) : {};
  return toEvent({ headers: { ...headers, "content-type": structuredType }, body: event, attributes });
};

/**
 * A Broker turns a structured event without `datacontenttype` into a binary one without `content-type`. Its data is JSON
 * (CloudEvents JSON format, section 3.1.1), which the SDK would hand over as text.
 */
const readBinary = (headers: IncomingHttpHeaders, content: string, type: string): ReadEvent => {
  const attributes = Object.fromEntries(attributeNames.map((name) => [name, headers[`ce-${name}`]]));
  const body: unknown = content !== "" && isJson(type) ? JSON.parse(content) : content;
  return toEvent({ headers: { ...headers, "content-type": type }, body, attributes });
};

const attributeNames = ["specversion", "id", "source", "type"] as const;

interface Request {
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
  /** As they were sent: the SDK makes up an id where there is none. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

const toEvent = ({ headers, body, attributes }: Request): ReadEvent => {
  const missing = attributeNames.filter((name) => typeof attributes[name] !== "string" || attributes[name] === "");
  if (missing.length > 0) return malformed(`It has no ${missing.join(", no ")}.`, required);
  const { specversion } = attributes;
  if (specversion !== "1.0") return malformed(`Its specversion is ${specversion}.`, "Send version 1.0.");
  return { kind: "event", event: withoutStacks(() => HTTP.toEvent({ headers: headers as Headers, body })) };
};

/** The SDK makes the errors that it could throw in advance, and a stack trace takes longer than all else that it does. */
const withoutStacks = (read: () => ReturnType<typeof HTTP.toEvent>): CloudEvent<unknown> => {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return read() as CloudEvent<unknown>;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
};

const required = "See CloudEvents 1.0, section 3: id, source, specversion and type are required.";
const jsonType = "application/json";
const structuredType = "application/cloudevents+json";

const isJson = (contentType: string): boolean => /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/.test(contentType);

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** @returns undefined for bytes that are no text: what else would stand in their place is not what was sent */
const readText = (body: Buffer | string): string | undefined => {
  if (typeof body === "string") return body;
  try {
    return utf8.decode(body);
  } catch {
    return undefined;
  }
};

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
