// The result a task hands to Keptn: a JSON or YAML object in its termination message (KEPTN_RESULT).
import { parse, type YAMLError } from "yaml";
import { isTooDeep, maxNesting } from "./depth.ts";
import { isStructure, parseJson } from "./exact-json.ts";
import { utf8Bytes } from "./log-text.ts";

export type TaskResult =
  | {
      readonly kind: "data";
      readonly data: Readonly<Record<string, unknown>>;
      /** Where a byte was lost that was no UTF-8. */
      readonly lostAt?: Place;
    }
  /** Not an object: plain text. It is said in the message. */
  | { readonly kind: "text"; readonly text: string }
  /** Meant as an object, and broken: nobody knows whether it said `fail`. It is said in the message, too. */
  | { readonly kind: "broken"; readonly text: string; readonly why: string }
  /** In an encoding of which not all is left: nobody knows what the task had to say. */
  | { readonly kind: "unreadable"; readonly lostAt: Place };

/** Line and column count from 1. */
interface Place {
  readonly line: number;
  readonly column: number;
}

/** Keptn sets the first four itself; a task cannot move its answer to another place. */
const reserved = new Set(["project", "stage", "service", "temporaryData", "__proto__", "constructor", "prototype"]);

/** @param message as the kubelet hands it over: each byte that is no UTF-8 is U+FFFD */
export const parseResult = (message: string): TaskResult => {
  const text = fromUtf16(message).replace(/^\ufeff/, "");
  const value = read(text);
  if (!isStructure(value) || value instanceof Broken || Array.isArray(value) || isTooDeep(value)) {
    const lost = text.search(/\0|\ufffd/);
    return isCutUtf16.test(text) ? { kind: "unreadable", lostAt: placeOf(lost, text) } : textOrBroken(text, value);
  }
  const data = Object.fromEntries(Object.entries(value).filter(([key]) => !reserved.has(key)));
  const lost = text.indexOf("\ufffd");
  return { kind: "data", data, ...(lost < 0 ? {} : { lostAt: placeOf(lost, text) }) };
};

/** JSON keeps its numbers. The scalars of YAML are the texts that were written, as in a job config: `12e5678` may be a commit. */
const asWritten = {
  schema: "failsafe",
  resolveKnownTags: false,
  uniqueKeys: false, // the last one counts, as in JSON: scripts append lines
  maxAliasCount: 20,
  prettyErrors: false,
  logLevel: "error",
} as const;

/** What is neither JSON nor YAML. */
class Broken {
  readonly offset: number;
  constructor(fault: unknown) {
    this.offset = (fault as Partial<YAMLError>).pos?.[0] ?? 0;
  }
}

const read = (text: string): unknown => {
  try {
    return parseJson(text, asText);
  } catch {
    try {
      return parse(text, asWritten);
    } catch (fault) {
      return new Broken(fault);
    }
  }
};

/** A program may write whatever it likes there; what it says of itself must not get lost by a quote too many. */
const textOrBroken = (text: string, value: unknown): TaskResult => {
  const why = whyBroken(text, value);
  return why === undefined ? { kind: "text", text } : { kind: "broken", text, why };
};

const whyBroken = (text: string, value: unknown): string | undefined => {
  if (isCutJson(text)) return `is longer than ${keptBytes} bytes, of which only the end is kept`;
  if (!hasVerdict.test(text)) return undefined;
  if (!(value instanceof Broken)) return whyNoObject(value);
  const { line, column } = placeOf(value.offset, text);
  return `is neither JSON nor YAML (line ${line}, column ${column})`;
};

const whyNoObject = (value: unknown): string | undefined => {
  if (Array.isArray(value)) return "is a list";
  return isStructure(value) ? `nests deeper than ${maxNesting} levels` : undefined;
};

/** A field that Keptn acts on, as JSON or YAML would have it. */
const hasVerdict = /(?:^|\{)\s*["']?(?:result|status)["']?\s*:|["'](?:result|status)["']\s*:/m;

/** kubernetes pkg/kubelet/container/runtime.go, MaxContainerTerminationMessageLength: `ReadAtMost` reads the end of the file. */
const keptBytes = 4096;

const isCutJson = (text: string): boolean => /\}\s*$/.test(text) && utf8Bytes(text) >= keptBytes;

/** Keptn refuses an event with a number that is too large for it. */
const asText = (source: string): string => source;

/**
 * Of UTF-16, as PowerShell writes it, the kubelet leaves ASCII as it is, with a NUL before or behind each character, and two signs
 * in the place of the byte order mark. All else is lost.
 */
const fromUtf16 = (message: string): string =>
  /^(?:\ufffd\ufffd)?(?:(?:[^\0\u0080-\uffff]\0)+|(?:\0[^\0\u0080-\uffff])+)$/.test(message)
    ? message.replace(/[\ufffd\0]/g, "")
    : message;

const isCutUtf16 = /^(?:\ufffd\ufffd|[^\0\u0080-\uffff]?\0)/;

const placeOf = (offset: number, text: string): Place => {
  const lines = text.slice(0, offset).split("\n");
  return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
};
