// The context passed to every command.
import type { ExitCode } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

export interface CliContext {
  readonly terminal: Terminal;
  /** Sets the exit code of the process. */
  readonly exit: (code: ExitCode) => void;
}
