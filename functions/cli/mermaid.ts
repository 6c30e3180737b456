// Escapes external texts for a Mermaid diagram.
import { oneLine } from "../lib/core/text/log-text.ts";

/** Mermaid's entity codes: https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters */
const withCodes = (text: string, signs: RegExp): string => text.replace(signs, (sign) => `#${sign.charCodeAt(0)};`);

/** A quoted label for a flowchart. */
export const labelOf = (...lines: readonly string[]): string =>
  `"${lines.map((line) => withCodes(line, /[#"<>&]/g).replaceAll("\n", "<br>")).join("<br>")}"`;

/** Unquoted text for a gantt diagram: a single line, ended by `:` and `;`; `%%` begins a comment. */
export const plainText = (text: string): string => withCodes(oneLine(text), /[#"<>&:;%{}]/g);
