// What every command is given.
import type { ExitCode } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

export interface CliContext {
  readonly terminal: Terminal;
  /** Notes with which code the process is to end. */
  readonly exit: (code: ExitCode) => void;
}
