// What the process says to whoever started it, by its exit code.

export const exitCode = {
  ok: 0,
  /** The run failed, or a file has errors. */
  failed: 1,
  /** Wrong usage, a broken config or event. */
  usage: 2,
  /** The world did not play along: Kubernetes, Keptn, a container engine. */
  fault: 3,
  bug: 70,
  /** Ctrl-C, as shells have it: 128 and the signal's number. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
