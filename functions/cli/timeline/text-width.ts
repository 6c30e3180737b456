// Measures and shortens text for terminal columns.

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Two columns wide (Unicode TR 11: East Asian Wide and Fullwidth, but not Halfwidth; emoji). */
const wide =
  /^(?![\uff61-\uffdc])[\p{Emoji_Presentation}\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]|\ufe0f/u;

const widthOfGrapheme = (grapheme: string): number =>
  wide.test(grapheme) ? 2 : /^[\p{M}\p{Cf}\p{Cc}]+$/u.test(grapheme) ? 0 : 1;

/** @param text without colours */
export const widthOf = (text: string): number => {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += widthOfGrapheme(segment);
  return width;
};

/** Unchanged if it fits, otherwise its beginning and an ellipsis. */
export const fit = (text: string, columns: number): string => {
  if (widthOf(text) <= columns) return text;
  return columns < 1 ? "" : `${beginning(text, columns - 1).trimEnd()}…`;
};

/** Like {@link fit}, but keeps the end. */
export const fitEnd = (text: string, columns: number): string => {
  if (widthOf(text) <= columns) return text;
  const all = [...graphemes.segment(text)].map(({ segment }) => segment);
  while (all.length > 0 && widthOf(all.join("")) > columns - 1) all.shift();
  return columns < 1 ? "" : `…${all.join("")}`;
};

export const padEnd = (text: string, columns: number): string =>
  text + " ".repeat(Math.max(0, columns - widthOf(text)));

export const padStart = (text: string, columns: number): string =>
  " ".repeat(Math.max(0, columns - widthOf(text))) + text;

/** Breaks lines between words, and words longer than a line. */
export const wrap = (text: string, columns: number): string[] => {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").flatMap((word) => pieces(word, columns))) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (widthOf(longer) <= columns) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return line === "" ? lines : [...lines, line];
};

/** The first lines, with an ellipsis if there are more. */
export const wrapShort = (text: string, columns: number, mostLines: number): string[] => {
  const lines = wrap(text, columns);
  if (lines.length <= mostLines) return lines;
  const last = lines[mostLines - 1] ?? "";
  return [...lines.slice(0, mostLines - 1), fit(`${last} …`, columns)];
};

const pieces = (word: string, columns: number): string[] => {
  const all: string[] = [];
  let rest = word;
  while (widthOf(rest) > columns) {
    const piece = beginning(rest, Math.max(1, columns)) || rest;
    all.push(piece);
    rest = rest.slice(piece.length);
  }
  return rest === "" && all.length > 0 ? all : [...all, rest];
};

const beginning = (text: string, columns: number): string => {
  let [part, width] = ["", 0];
  for (const { segment } of graphemes.segment(text)) {
    width += widthOfGrapheme(segment);
    if (width > columns) break;
    part += segment;
  }
  return part;
};
