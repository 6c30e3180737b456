// Container output for an event: clean text that fits a size limit.

/** Output of one container: its beginning and its end. */
export interface LogText {
  readonly head: string;
  readonly tail: string;
  /** Bytes left out between them; undefined: an unknown number. */
  readonly cutBytes: number | undefined;
}

export const emptyLog: LogText = { head: "", tail: "", cutBytes: 0 };

/**
 * ECMA-48: control sequences (colors, cursor), device strings up to their terminator (titles, links, pictures: OSC, DCS, SOS, PM, APC),
 * and escape sequences (`ESC ( B` selects a character set). No class contains the start of another one, so each character is visited at
 * most twice.
 */
const terminalSequences =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[PX\]^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u0090\u0098\u009c-\u009f]*(?:\u0007|\u001b\\|\u009c)|\u001b[ -/]*[0-~]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above; tab and newline stay
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Removes colors and cursor movements, and replaces other control characters by U+FFFD. */
export const cleanText = (text: string): string =>
  lastStates(text.replace(terminalSequences, "")).replace(controls, "\ufffd").toWellFormed();

/** Keeps only the last state of lines that a program overwrites with carriage returns, like progress bars. */
const lastStates = (text: string): string => {
  if (!text.includes("\r")) return text;
  const lines = text.split("\n").map((line) => {
    let end = line.length;
    while (end > 0 && line[end - 1] === "\r") end -= 1;
    return line.slice(line.lastIndexOf("\r", Math.max(0, end - 1)) + 1, end);
  });
  return lines.join("\n");
};

/** Ends the text with exactly one newline. */
export const endLine = (text: string): string => {
  let end = text.length;
  while (end > 0 && text[end - 1] === "\n") end -= 1;
  return `${text.slice(0, end)}\n`;
};

/** As {@link cleanText}, on one line, with single spaces. */
export const oneLine = (text: string): string => cleanText(text).replace(/\s+/g, " ").trim();

/** Ends the text with a full stop. */
export const asSentence = (text: string): string => text.replace(/\.?$/, ".");

/** Bytes of a text inside a JSON document: UTF-8, escaped, without the quotes. */
export const jsonBytes = (text: string): number => utf8Bytes(JSON.stringify(text)) - 2;

export const utf8Bytes = (text: string): number => {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit >= 0xd800 && unit < 0xdc00) {
      bytes += 4; // a surrogate pair, both halves
      i += 1;
    } else bytes += 3;
  }
  return bytes;
};

export const bytesOfLog = (log: LogText): number => jsonBytes(log.head) + jsonBytes(log.tail);

/** Shortens a log to `limitBytes` of JSON text: a quarter from its beginning, the rest from its end; more of one if the other is short. */
export const shortenLog = (log: LogText, limitBytes: number): LogText => {
  if (bytesOfLog(log) <= limitBytes) return log;
  const whole = log.cutBytes === 0 ? log.head + log.tail : undefined;
  const tailBytes = whole === undefined ? jsonBytes(log.tail) : limitBytes;
  const head = firstBytes(whole ?? log.head, Math.max(Math.floor(limitBytes / 4), limitBytes - tailBytes));
  const tail = lastBytes(whole ?? log.tail, limitBytes - jsonBytes(head));
  if (log.cutBytes === undefined) return { head, tail, cutBytes: undefined };
  const lost = utf8Bytes(log.head) + utf8Bytes(log.tail) - utf8Bytes(head) - utf8Bytes(tail);
  return { head, tail, cutBytes: log.cutBytes + lost };
};

export const renderLog = (log: LogText): string => {
  if (log.cutBytes === 0) return log.head + log.tail;
  const what = log.cutBytes === undefined ? "the middle" : `${log.cutBytes} bytes`;
  return `${withNewline(log.head)}[... ${what} of this output left out ...]\n${log.tail}`;
};

const withNewline = (text: string): string => (text === "" || text.endsWith("\n") ? text : `${text}\n`);

/** The longest prefix that fits; cut at a line end if that costs less than half of it. */
const firstBytes = (text: string, limitBytes: number): string => {
  const length = fitting(text, limitBytes, (n) => text.slice(0, n));
  const cut = text.slice(0, length).toWellFormed();
  const line = cut.lastIndexOf("\n") + 1;
  return line > cut.length / 2 ? cut.slice(0, line) : cut;
};

const lastBytes = (text: string, limitBytes: number): string => {
  const length = fitting(text, limitBytes, (n) => text.slice(text.length - n));
  const cut = text.slice(text.length - length).toWellFormed();
  const line = cut.indexOf("\n") + 1;
  return line > 0 && line < cut.length / 2 ? cut.slice(line) : cut;
};

/** The largest n for which part(n) fits, by binary search: the JSON size grows with n. */
const fitting = (text: string, limitBytes: number, part: (n: number) => string): number => {
  let [low, high] = [0, Math.min(text.length, Math.max(0, limitBytes))];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (jsonBytes(part(middle)) <= limitBytes) low = middle;
    else high = middle - 1;
  }
  return low;
};
