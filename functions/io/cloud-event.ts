// Reads an HTTP request as a CloudEvent, and says what is wrong with one that is none.
import type { IncomingHttpHeaders } from "node:http";
import { type CloudEvent, type Headers, HTTP } from "cloudevents";
import { decodeText, findUndecoded, type Undecoded } from "../core/decode-text.ts";
import { isRecord, parseJson } from "../core/exact-json.ts";
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
  const flaw = findUndecoded(content);
  if (flaw) return malformed(sayUndecoded(flaw), "Encode all text in UTF-8.");
  try {
    return isStructured ? readStructured(headers, content) : readBinary(headers, content, type || jsonType);
  } catch (fault) {
    return malformed(explain(fault), required);
  }
};

/** What is JSON we parse ourselves: the SDK takes the first character for a sign of what follows, and guesses quotes. */
const readStructured = (headers: IncomingHttpHeaders, content: string): ReadEvent => {
  const parsed = parseJson(content);
  const attributes = isRecord(parsed) ? parsed : {};
  const event = typeof attributes["data_base64"] === "string" ? withPlainData(attributes) : parsed;
  return toEvent({ headers: { ...headers, "content-type": structuredType }, body: event, attributes });
};

/** JSON may come in base64, too (CloudEvents JSON format, section 3.1.1). What is no JSON stays as it is. */
const withPlainData = ({ data_base64, ...event }: Readonly<Record<string, unknown>>): unknown => {
  if (!isJson(String(event["datacontenttype"] ?? jsonType).toLowerCase())) return { ...event, data_base64 };
  const text = readText(Buffer.from(String(data_base64), "base64"));
  const flaw = findUndecoded(text);
  if (flaw) throw new Error(`In its data_base64, ${sayUndecoded(flaw)}`);
  return { ...event, data: parseJson(text) };
};

/**
 * A Broker turns a structured event without `datacontenttype` into a binary one without `content-type`. Its data is JSON
 * (CloudEvents JSON format, section 3.1.1), which the SDK would hand over as text.
 */
const readBinary = (headers: IncomingHttpHeaders, content: string, type: string): ReadEvent => {
  const attributes = Object.fromEntries(attributeNames.map((name) => [name, headers[`ce-${name}`]]));
  const isData = content !== "" && isJson(type);
  const body: unknown = isData ? parseJson(content) : content;
  // The SDK knows one name of JSON, and gives data of any other away as text.
  return toEvent({ headers: { ...headers, "content-type": isData ? jsonType : type }, body, attributes });
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

/** By the names that the CloudEvents JSON format (section 3.1) takes for JSON: `text/json` too, and all that end in `+json`. */
const isJson = (contentType: string): boolean => /^[\w.-]+\/(?:[\w.-]+\+)?json\s*(?:;|$)/.test(contentType);

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The usual case at full speed. JSON has no NUL: where one is, it is UTF-16. */
const readText = (body: Buffer | string): string => {
  if (typeof body === "string") return body;
  try {
    return body.includes(0) ? decodeText(body) : utf8.decode(body);
  } catch {
    return decodeText(body);
  }
};

const sayUndecoded = ({ offset, what }: Undecoded): string => `The ${what} at character ${offset + 1} is no UTF-8.`;

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
