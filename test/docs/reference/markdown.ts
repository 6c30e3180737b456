// Markdown as the references write it, and the anchors that GitHub makes of headings.

/** First lines of a page that nobody edits. */
export const renderHead = (title: string, madeFrom: string): string =>
  `<!-- Made from ${madeFrom} by \`npm run golden\`. -->\n\n# ${title}\n`;

export const renderTable = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => "---"), ...rows].map((cells) => `| ${cells.map(escapeCell).join(" | ")} |`).join("\n");

const escapeCell = (cell: string): string => cell.replaceAll("|", "\\|").replaceAll("\n", " ");

/** Plain words, in which signs of Markdown mean nothing, except between backticks. */
export const words = (text: string): string =>
  text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith("`") ? part : part.replace(/[*<\\]/g, "\\$&")))
    .join("");

export const code = (text: string): string => (text === "" ? "" : `\`${text}\``);

export const fence = (language: string, text: string): string => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;

/** As GitHub does it (github-slugger), for one heading of a page. */
export const anchorOf = (heading: string): string =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, "")
    .replaceAll(" ", "-");
