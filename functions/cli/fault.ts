// Renders errors for people: a sentence for usage and I/O errors, a stack trace for bugs.
import { IoError } from "../lib/io-error.ts";
import { type ExitCode, exitCode } from "./exit-codes.ts";

/** For a mistake of the user's: a missing file, an invalid option. */
export const usageError = (message: string): Error => Object.assign(new Error(message), { name: usageErrorName });

const usageErrorName = "UsageError";

export const renderFault = (thrown: unknown): { readonly text: string; readonly exitCode: ExitCode } => {
  if (thrown instanceof IoError) return { text: `error: ${thrown.message}`, exitCode: exitCode.fault };
  if (thrown instanceof Error && thrown.name === usageErrorName) {
    return { text: `error: ${thrown.message}`, exitCode: exitCode.usage };
  }
  const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return {
    text: `This is a bug in job-executor. Please report it with these lines:\n${stack}`,
    exitCode: exitCode.bug,
  };
};
