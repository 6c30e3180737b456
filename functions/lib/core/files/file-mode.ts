// Permissions of a task's files.

/** Number of leading bytes that decide whether a file is a program. */
export const headBytes = 4;

/** Keptn's API does not return Git's executable bit, so scripts (`#!`) and ELF programs are detected by their first bytes. */
const isProgram = (head: Uint8Array): boolean =>
  (head[0] === 0x23 && head[1] === 0x21) ||
  (head[0] === 0x7f && head[1] === 0x45 && head[2] === 0x4c && head[3] === 0x46);

export const isExecutable = (head: Uint8Array, executable: "detect" | "all"): boolean =>
  executable === "all" || isProgram(head);
