// Reads an HTTP request as a CloudEvent, or reports why it is malformed.
import type { IncomingHttpHeaders } from "node:http";
import { type CloudEvent, type Headers, HTTP } from "cloudevents";
import { isRecord, parseJson } from "../core/json/exact-json.ts";
import type { Problem } from "../core/problem.ts";
import { decodeText, findUndecoded, type Undecoded } from "../core/text/decode-text.ts";

export type ReadEvent =
  | { readonly kind: "event"; readonly event: CloudEvent<unknown> }
  | { readonly kind: "malformed"; readonly problem: Problem };

/** @param body raw, or as text */
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
  if (isStructured && !isJson(type))
    return malformed(`Its content type is ${type}.`, "Send application/cloudevents+json.");
  const content = readText(body);
  const flaw = findUndecoded(content);
  if (flaw) return malformed(sayUndecoded(flaw), "Encode all text in UTF-8.");
  try {
    return isStructured ? readStructured(headers, content) : readBinary(headers, content, type || jsonType);
  } catch (fault) {
    return malformed(explain(fault), required);
  }
};

/** Parses JSON itself, because the SDK guesses the type from the first character, and adds quotes. */
const readStructured = (headers: IncomingHttpHeaders, content: string): ReadEvent => {
  const parsed = parseJson(content);
  const attributes = isRecord(parsed) ? parsed : {};
  const event = typeof attributes["data_base64"] === "string" ? withPlainData(attributes) : parsed;
  return toEvent({ headers: { ...headers, "content-type": structuredType }, body: event, attributes });
};

/** Decodes JSON in base64 (CloudEvents JSON format, section 3.1.1). Other data is unchanged. */
const withPlainData = ({ data_base64, ...event }: Readonly<Record<string, unknown>>): unknown => {
  if (!isJson(String(event["datacontenttype"] ?? jsonType).toLowerCase())) return { ...event, data_base64 };
  const text = readText(Buffer.from(String(data_base64), "base64"));
  const flaw = findUndecoded(text);
  if (flaw) throw new Error(`In its data_base64, ${sayUndecoded(flaw)}`);
  return { ...event, data: parseJson(text) };
};

/**
 * A Broker turns a structured event without `datacontenttype` into a binary one without `content-type`. Its data is JSON
 * (CloudEvents JSON format, section 3.1.1), which the SDK would return as text.
 */
const readBinary = (headers: IncomingHttpHeaders, content: string, type: string): ReadEvent => {
  const attributes = Object.fromEntries(attributeNames.map((name) => [name, headers[`ce-${name}`]]));
  const isData = content !== "" && isJson(type);
  const body: unknown = isData ? parseJson(content) : content;
  // The SDK knows only one content type of JSON, and returns other data as text.
  return toEvent({ headers: { ...headers, "content-type": isData ? jsonType : type }, body, attributes });
};

const attributeNames = ["specversion", "id", "source", "type"] as const;

interface Request {
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
  /** As sent: the SDK generates a missing id. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

const toEvent = ({ headers, body, attributes }: Request): ReadEvent => {
  const missing = attributeNames.filter((name) => typeof attributes[name] !== "string" || attributes[name] === "");
  if (missing.length > 0) return malformed(`It has no ${missing.join(", no ")}.`, required);
  const { specversion } = attributes;
  if (specversion !== "1.0") return malformed(`Its specversion is ${specversion}.`, "Send version 1.0.");
  return { kind: "event", event: withoutStacks(() => HTTP.toEvent({ headers: headers as Headers, body })) };
};

/** The SDK creates its errors in advance, and their stack traces take longer than everything else it does. */
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

/** Content types that the CloudEvents JSON format (section 3.1) treats as JSON, including `text/json` and `+json` suffixes. */
const isJson = (contentType: string): boolean => /^[\w.-]+\/(?:[\w.-]+\+)?json\s*(?:;|$)/.test(contentType);

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** A fast path for valid UTF-8. JSON does not contain NUL, so a NUL means UTF-16. */
const readText = (body: Buffer | string): string => {
  if (typeof body === "string") return body;
  try {
    return body.includes(0) ? decodeText(body) : utf8.decode(body);
  } catch {
    return decodeText(body);
  }
};

const sayUndecoded = ({ offset, what }: Undecoded): string =>
  `The ${what} at character ${offset + 1} is not valid UTF-8.`;

const malformed = (why: string, fix: string): ReadEvent => ({
  kind: "malformed",
  problem: { code: "malformed-event", severity: "error", message: `The request is not a CloudEvent: ${why}`, fix },
});

/** Turns each of the SDK's schema errors, which are long JSON, into a phrase. */
const explain = (fault: unknown): string => {
  const { errors, message } = fault as { errors?: readonly unknown[] | null; message?: string };
  const said = (errors ?? []).flatMap((error) => {
    const { instancePath = "", message: text } = error as { instancePath?: string; message?: string };
    return text ? [`${instancePath.slice(1)} ${text}`.trim()] : [];
  });
  return `${said.length > 0 ? said.join("; ") : (message ?? String(fault)).split("\n")[0]}.`;
};
