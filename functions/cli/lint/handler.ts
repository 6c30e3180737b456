// job-executor lint: reads job configs and reports their problems.
import { hasErrors } from "../../lib/core/problem.ts";
import { type ExitCode, exitCode } from "../exit-codes.ts";
import { readConfig } from "../input.ts";
import { readSettings } from "../settings.ts";
import type { Terminal } from "../terminal.ts";
import { lintJobConfig } from "./lint.ts";
import { renderCount, renderGithub, renderText } from "./render.ts";

export interface LintCommandOptions {
  readonly allowPrivilegedJobs: boolean;
  readonly settings?: string;
  readonly fromJes: boolean;
  readonly format: "text" | "json" | "github";
}

/** @throws a usage error if a file cannot be read */
export const lint = async (
  files: readonly string[],
  { format, settings, ...options }: LintCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> => {
  const texts = await Promise.all(files.map(readConfig));
  const rules = settings === undefined ? {} : { rules: await readSettings(settings) };
  const problems = texts.flatMap((text, index) =>
    lintJobConfig(text, nameOf(files[index] ?? ""), { ...options, ...rules }),
  );
  if (format === "json") terminal.print(JSON.stringify(problems, undefined, 2));
  if (format === "github") terminal.print(renderGithub(problems));
  if (format === "text") {
    terminal.print(renderText(problems, terminal.paint));
    terminal.say(renderCount(problems, files.map(nameOf)));
  }
  return hasErrors(problems) ? exitCode.failed : exitCode.ok;
};

const nameOf = (file: string): string => (file === "-" ? "stdin" : file);
