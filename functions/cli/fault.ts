// What was thrown, for people: a fault of the world in a sentence, a bug with its stack.
import { IoError } from "../io/io-error.ts";
import { type ExitCode, exitCode } from "./exit-codes.ts";

/** What the person at the terminal asked for cannot be done as it stands: a file that is not there, a wrong option. */
export const usageError = (message: string): Error => Object.assign(new Error(message), { name: usageErrorName });

const usageErrorName = "UsageError";

export const renderFault = (thrown: unknown): { readonly text: string; readonly exitCode: ExitCode } => {
  if (thrown instanceof IoError) return { text: `error: ${thrown.message}`, exitCode: exitCode.fault };
  if (thrown instanceof Error && thrown.name === usageErrorName) {
    return { text: `error: ${thrown.message}`, exitCode: exitCode.usage };
  }
  const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return {
    text: `This is a bug of job-executor. Please report it with these lines:\n${stack}`,
    exitCode: exitCode.bug,
  };
};
