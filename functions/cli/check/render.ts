// Findings as lines: what is wrong stands out, what mends it below.
import type { Finding } from "../../core/check/finding.ts";
import type { Format } from "../terminal.ts";

type Paint = (format: Format, text: string) => string;

export const renderFindings = (findings: readonly Finding[], paint: Paint): string =>
  findings.map((finding) => renderFinding(finding, paint)).join("\n");

const renderFinding = ({ id, severity, seen, fix }: Finding, paint: Paint): string => {
  const line = `${paint(colours[severity], severity.padEnd(7))}  ${id.padEnd(16)}  ${seen}`;
  return fix === undefined ? line : `${line}\n${" ".repeat(27)}${paint("bold", `-> ${fix}`)}`;
};

const colours = { ok: "green", warning: "yellow", error: "red" } as const;

export const renderCount = (findings: readonly Finding[], namespace: string): string => {
  const count = (wanted: Finding["severity"]) => findings.filter(({ severity }) => severity === wanted).length;
  const [errors, warnings] = [count("error"), count("warning")];
  if (errors + warnings === 0) return `All is well in namespace ${namespace}.`;
  return `Namespace ${namespace}: ${plural(errors, "error")}, ${plural(warnings, "warning")}.`;
};

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;
