// Reports each step of connect and disconnect: its result, and a fix for each problem.
import { type ExitCode, exitCode } from "../exit-codes.ts";
import type { Terminal } from "../terminal.ts";

/** `ok`: nothing to change. `would`: would be changed, in a dry run. */
type StepKind = "ok" | "done" | "would" | "warning" | "error";

export interface Report {
  add(kind: StepKind, text: string, fix?: string): void;
  /** Makes a change, except in a dry run. */
  change(step: { readonly would: string; readonly done: string }, make: () => Promise<unknown>): Promise<void>;
  hasErrors(): boolean;
  /** Prints the steps as JSON, if requested. @param result printed before them */
  end(result: object): ExitCode;
}

const colours = { ok: "dim", done: "green", would: "cyan", warning: "yellow", error: "red" } as const;

export const makeReport = (
  { say, style, print }: Pick<Terminal, "say" | "style" | "print">,
  { dryRun, format }: { readonly dryRun?: boolean; readonly format: "text" | "json" },
): Report => {
  const steps: { readonly kind: StepKind; readonly text: string; readonly fix?: string }[] = [];
  const hasErrors = () => steps.some(({ kind }) => kind === "error");
  const add: Report["add"] = (kind, text, fix) => {
    steps.push({ kind, text, ...(fix === undefined ? {} : { fix }) });
    say(`${style(colours[kind], kind.padEnd(7))}  ${text}`);
    if (fix !== undefined) say(`${" ".repeat(9)}${style("bold", `-> ${fix}`)}`);
  };
  return {
    add,
    change: async ({ would, done }, make) => {
      if (dryRun) return add("would", would);
      await make();
      add("done", done);
    },
    hasErrors,
    end: (result) => {
      if (format === "json") print(JSON.stringify({ ...result, steps }, undefined, 2));
      return hasErrors() ? exitCode.failed : exitCode.ok;
    },
  };
};
