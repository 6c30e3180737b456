// What connect and disconnect say of each step: what was done, what was so already, what is wrong and how to mend it.
import type { Terminal } from "../terminal.ts";

type StepKind =
  /** It is as it has to be. */
  | "ok"
  /** It was changed. */
  | "done"
  /** A dry run: it would be. */
  | "would"
  | "warning"
  | "error";

interface Step {
  readonly kind: StepKind;
  readonly text: string;
  /** What mends it. */
  readonly fix?: string;
}

export interface Report {
  add(kind: StepKind, text: string, fix?: string): void;
  readonly steps: readonly Step[];
  hasErrors(): boolean;
}

const colours = { ok: "dim", done: "green", would: "cyan", warning: "yellow", error: "red" } as const;

/** Lines for people as it goes; the steps as data stay. */
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
