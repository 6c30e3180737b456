// Parses a task's result for Keptn: a JSON or YAML object in its termination message (KEPTN_RESULT).
import { parse, type YAMLError } from "yaml";
import { isTooDeep, maxNesting } from "../json/depth.ts";
import { isStructure, parseJson } from "../json/exact-json.ts";
import { utf8Bytes } from "../text/log-text.ts";

export type TaskResult =
  | {
      readonly kind: "data";
      readonly data: Readonly<Record<string, unknown>>;
      /** Position of a lost byte that was not UTF-8. */
      readonly lostAt?: Place;
    }
  /** Plain text, not an object. It is shown in the message. */
  | { readonly kind: "text"; readonly text: string }
  /** Intended as an object but malformed: it may have said `fail`. It is shown in the message, too. */
  | { readonly kind: "broken"; readonly text: string; readonly why: string }
  /** In an encoding that was not preserved: its content is unknown. */
  | { readonly kind: "unreadable"; readonly lostAt: Place };

/** Line and column count from 1. */
interface Place {
  readonly line: number;
  readonly column: number;
}

/** Keptn sets the first four itself; a task must not redirect its answer. */
const reserved = new Set(["project", "stage", "service", "temporaryData", "__proto__", "constructor", "prototype"]);

/** @param message as the kubelet returns it: each byte that is not UTF-8 is U+FFFD */
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

/** JSON keeps its numbers. YAML scalars stay as written, as in a job config: `12e5678` may be a commit. */
const asWritten = {
  schema: "failsafe",
  resolveKnownTags: false,
  uniqueKeys: false, // the last one counts, as in JSON: scripts append lines
  maxAliasCount: 20,
  prettyErrors: false,
  logLevel: "error",
} as const;

/** Text that is neither JSON nor YAML. */
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

/** Programs may write any text there, but a syntax error must not hide a verdict. */
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

/** A field that Keptn acts on, in JSON or YAML syntax. */
const hasVerdict = /(?:^|\{)\s*["']?(?:result|status)["']?\s*:|["'](?:result|status)["']\s*:/m;

/** kubernetes pkg/kubelet/container/runtime.go, MaxContainerTerminationMessageLength: `ReadAtMost` reads the end of the file. */
const keptBytes = 4096;

const isCutJson = (text: string): boolean => /\}\s*$/.test(text) && utf8Bytes(text) >= keptBytes;

/** Keptn rejects events with numbers that are too large for it. */
const asText = (source: string): string => source;

/**
 * PowerShell writes UTF-16. The kubelet preserves only its ASCII characters, each with a NUL before or after it, and two U+FFFD for the
 * byte order mark.
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
