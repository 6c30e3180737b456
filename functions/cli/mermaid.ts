// Texts of others in a Mermaid diagram.
import { oneLine } from "../core/log-text.ts";

/** Mermaid's entity codes: https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters */
const withCodes = (text: string, signs: RegExp): string => text.replace(signs, (sign) => `#${sign.charCodeAt(0)};`);

/** A label in quotes, as a flowchart has it. */
export const labelOf = (...lines: readonly string[]): string =>
  `"${lines.map((line) => withCodes(line, /[#"<>&]/g).replaceAll("\n", "<br>")).join("<br>")}"`;

/** A text without quotes, as a gantt diagram has it: one line, in which `:` and `;` end it, and `%%` begins a comment. */
export const plainText = (text: string): string => withCodes(oneLine(text), /[#"<>&:;%{}]/g);
