// Exit codes of the process.

export const exitCode = {
  ok: 0,
  /** The run failed, or a file has errors. */
  failed: 1,
  /** Usage error, or an invalid config or event. */
  usage: 2,
  /** Kubernetes, Keptn or a container engine failed. */
  fault: 3,
  bug: 70,
  /** Ctrl-C, as in shells: 128 plus the signal's number. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
