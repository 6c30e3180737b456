// Pictures as SVG: one file that needs nothing else, readable on light and on dark, without a script.
import { oneLine } from "../../core/log-text.ts";
import { palette } from "./palette.ts";

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** For those who do not see it. */
  readonly title: string;
  readonly body: readonly string[];
}

export const renderSvg = ({ width, height, title, body }: Picture): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title">`,
    `<title id="title">${escapeXml(title)}</title>`,
    `<style>${palette}</style>`,
    `<rect class="page" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="10"/>`,
    ...body,
    "</svg>",
  ].join("\n");

/** Text of others: control characters are gone with it, which XML 1.0 does not take (section 2.2). */
export const escapeXml = (text: string): string =>
  oneLine(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

export interface TextPlace {
  readonly x: number;
  readonly y: number;
  /** Classes of the palette: `muted`, `strong`, `small`, `mono`, ... */
  readonly look?: string;
  /** Longer text is cut; all of it shows where the pointer rests on it. */
  readonly most?: number;
  /** What of it is kept then; by default its beginning. */
  readonly keep?: "end";
  readonly anchor?: "end" | "middle";
}

export const renderText = (text: string, { x, y, look = "", most, keep, anchor }: TextPlace): string => {
  const shown = most === undefined ? text : fitText(oneLine(text), { most, look, keep });
  const attributes = `x="${round(x)}" y="${round(y)}"${look ? ` class="${look}"` : ""}${anchor ? ` text-anchor="${anchor}"` : ""}`;
  const whole = shown === text ? "" : `<title>${escapeXml(text)}</title>`;
  return `<text ${attributes}>${whole}${escapeXml(shown)}</text>`;
};

/** Lines of a text that fit a width. */
export const wrapText = (text: string, most: number, look = ""): string[] => {
  const lines: string[] = [];
  for (const word of oneLine(text).split(" ")) {
    const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : word;
    if (lines.length > 0 && widthOfText(longer, look) <= most) lines[lines.length - 1] = longer;
    else lines.push(fitText(word, { most, look }));
  }
  return lines;
};

interface Fit {
  readonly most: number;
  readonly look: string;
  readonly keep?: "end" | undefined;
}

const fitText = (text: string, { most, look, keep }: Fit): string => {
  if (widthOfText(text, look) <= most) return text;
  const signs = [...text];
  while (signs.length > 0 && widthOfText(`…${signs.join("")}`, look) > most) keep ? signs.shift() : signs.pop();
  return keep ? `…${signs.join("")}` : `${signs.join("").trimEnd()}…`;
};

/** About, and rather too much: nobody knows which font it will be. */
export const widthOfText = (text: string, look = ""): number => {
  const size = look.includes("small") ? 11.5 : 13.5;
  if (look.includes("mono")) return [...text].length * size * 0.61;
  const width = [...text].reduce((sum, sign) => sum + widthOfSign(sign), 0) * size;
  return look.includes("strong") ? width * 1.16 : width;
};

const widthOfSign = (sign: string): number => {
  if (/[iljtfr.,:;'|!()[\] /-]/.test(sign)) return 0.36;
  if (/[mwMW@%]/.test(sign)) return 0.92;
  if (/[A-Z]/.test(sign)) return 0.7;
  return sign > "\u2e7f" ? 1.02 : 0.6;
};

export const round = (value: number): number => Math.round(value * 10) / 10;
