// With which permissions a file of a task is written.

/** Bytes of a file's beginning that decide whether it is a program. */
export const headBytes = 4;

/** Git's executable bit does not come through Keptn's API: a script (`#!`) or an ELF program shows by its first bytes. */
const isProgram = (head: Uint8Array): boolean =>
  (head[0] === 0x23 && head[1] === 0x21) ||
  (head[0] === 0x7f && head[1] === 0x45 && head[2] === 0x4c && head[3] === 0x46);

export const isExecutable = (head: Uint8Array, executable: "detect" | "all"): boolean =>
  executable === "all" || isProgram(head);
