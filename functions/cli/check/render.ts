// Findings as lines: problems stand out, with the fix below.
import type { Finding } from "../../lib/core/check/finding.ts";
import { plural } from "../lint/render.ts";
import type { Paint } from "../terminal.ts";
import { wrap } from "../timeline/text-width.ts";

/** @param columns of the terminal; undefined: no terminal, lines are not wrapped */
export const renderFindings = (findings: readonly Finding[], paint: Paint, columns?: number): string =>
  findings.map((finding) => renderFinding(finding, paint, columns)).join("\n");

const indent = 27;

const renderFinding = ({ id, severity, seen, fix }: Finding, paint: Paint, columns: number | undefined): string => {
  const lines = (text: string) => (columns === undefined ? [text] : wrap(text, Math.max(20, columns - indent)));
  const head = `${paint(colours[severity], severity.padEnd(7))}  ${id.padEnd(16)}  `;
  const mends = fix === undefined ? [] : lines(`-> ${fix}`).map((line) => paint("bold", line));
  return head + [...lines(seen), ...mends].join(`\n${" ".repeat(indent)}`);
};

const colours = { ok: "green", warning: "yellow", error: "red" } as const;

export const renderCount = (findings: readonly Finding[], namespace: string): string => {
  const count = (wanted: Finding["severity"]) => findings.filter(({ severity }) => severity === wanted).length;
  const [errors, warnings] = [count("error"), count("warning")];
  if (errors + warnings === 0) return `Namespace ${namespace}: no problems found.`;
  return `Namespace ${namespace}: ${plural(errors, "error")}, ${plural(warnings, "warning")}.`;
};
