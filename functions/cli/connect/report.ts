// Reports each step of connect and disconnect: its result, and a fix for each problem.
import type { Terminal } from "../terminal.ts";

type StepKind =
  /** Nothing to change. */
  | "ok"
  /** Changed. */
  | "done"
  /** Would be changed, in a dry run. */
  | "would"
  | "warning"
  | "error";

interface Step {
  readonly kind: StepKind;
  readonly text: string;
  readonly fix?: string;
}

export interface Report {
  add(kind: StepKind, text: string, fix?: string): void;
  readonly steps: readonly Step[];
  hasErrors(): boolean;
}

const colours = { ok: "dim", done: "green", would: "cyan", warning: "yellow", error: "red" } as const;

/** Prints each step at once, and keeps the steps as data. */
export const makeReport = ({ say, style }: Pick<Terminal, "say" | "style">): Report => {
  const steps: Step[] = [];
  return {
    steps,
    add: (kind, text, fix) => {
      steps.push({ kind, text, ...(fix === undefined ? {} : { fix }) });
      say(`${style(colours[kind], kind.padEnd(7))}  ${text}`);
      if (fix !== undefined) say(`${" ".repeat(9)}${style("bold", `-> ${fix}`)}`);
    },
    hasErrors: () => steps.some(({ kind }) => kind === "error"),
  };
};
