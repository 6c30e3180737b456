// Container output as it may stand in an event: clean text, and no more bytes than there is room for.

/** Output of one container: what is kept of its beginning and its end. */
export interface LogText {
  readonly head: string;
  readonly tail: string;
  /** Bytes that were left out between them; undefined: some, but nobody counted. 0: nothing was. */
  readonly cutBytes: number | undefined;
}

export const emptyLog: LogText = { head: "", tail: "", cutBytes: 0 };

/**
 * ECMA-48: control sequences (colours, cursor), strings for a device up to their terminator (titles, links, pictures: OSC, DCS, SOS, PM,
 * APC), and escape sequences (`ESC ( B` chooses a character set). No class has what begins another one, so that each character is
 * looked at twice at most.
 */
const terminalSequences =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[PX\]^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u0090\u0098\u009c-\u009f]*(?:\u0007|\u001b\\|\u009c)|\u001b[ -/]*[0-~]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above; tab and newline stay
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Without colours and cursor movements; what else is no text becomes the replacement character. */
export const cleanText = (text: string): string =>
  lastStates(text.replace(terminalSequences, "")).replace(controls, "\ufffd").toWellFormed();

/** Of a line that a program writes over again and again (carriage returns, as progress bars do) what it was at last. */
const lastStates = (text: string): string => {
  if (!text.includes("\r")) return text;
  const lines = text.split("\n").map((line) => {
    let end = line.length;
    while (end > 0 && line[end - 1] === "\r") end -= 1;
    return line.slice(line.lastIndexOf("\r", Math.max(0, end - 1)) + 1, end);
  });
  return lines.join("\n");
};

/** With exactly one newline at its end. */
export const endLine = (text: string): string => {
  let end = text.length;
  while (end > 0 && text[end - 1] === "\n") end -= 1;
  return `${text.slice(0, end)}\n`;
};

/** For a place that has one line: without what {@link cleanText} takes away, and with single spaces. */
export const oneLine = (text: string): string => cleanText(text).replace(/\s+/g, " ").trim();

/** Bytes of a text inside a JSON document: UTF-8, escaped, without the quotes. */
export const jsonBytes = (text: string): number => utf8Bytes(JSON.stringify(text)) - 2;

export const utf8Bytes = (text: string): number => {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit >= 0xd800 && unit < 0xdc00) {
      bytes += 4; // a pair: its second half is counted with it
      i += 1;
    } else bytes += 3;
  }
  return bytes;
};

export const bytesOfLog = (log: LogText): number => jsonBytes(log.head) + jsonBytes(log.tail);

/** A log of at most `limitBytes` of JSON text: a quarter from its beginning, the rest from its end; more of one where the other is short. */
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

/** The longest beginning that fits; whole lines where that costs less than half of it. */
const firstBytes = (text: string, limitBytes: number): string => {
  const cut = text
    .slice(
      0,
      fitting(text, limitBytes, (n) => text.slice(0, n)),
    )
    .toWellFormed();
  const line = cut.lastIndexOf("\n") + 1;
  return line > cut.length / 2 ? cut.slice(0, line) : cut;
};

const lastBytes = (text: string, limitBytes: number): string => {
  const length = fitting(text, limitBytes, (n) => text.slice(text.length - n));
  const cut = text.slice(text.length - length).toWellFormed();
  const line = cut.indexOf("\n") + 1;
  return line > 0 && line < cut.length / 2 ? cut.slice(line) : cut;
};

/** The largest n for which part(n) fits, by bisection: the size in JSON grows with n. */
const fitting = (text: string, limitBytes: number, part: (n: number) => string): number => {
  let [low, high] = [0, Math.min(text.length, Math.max(0, limitBytes))];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (jsonBytes(part(middle)) <= limitBytes) low = middle;
    else high = middle - 1;
  }
  return low;
};
