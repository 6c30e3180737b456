// Warnings about numbers that mean a different amount than they seem to.
import type { Path } from "../../yaml/path.ts";
import { quote } from "../../yaml/scalars.ts";
import { type Tree, valueAt } from "../../yaml/tree.ts";
import { parseQuantity } from "../kubernetes-names.ts";
import type { Task } from "../schema.ts";
import type { Warning } from "../warning.ts";

/** @param tree the task as written */
export const lintAmounts = (task: Task, tree: Tree | undefined, path: Path): Warning[] => [
  ...(["limits", "requests"] as const).flatMap((kind) =>
    lintMemory(task.resources?.[kind]?.memory ?? "", kind, [...path, "resources", kind, "memory"]),
  ),
  ...wholeNumbers.flatMap((field) => lintOctal(field, textAt(tree, field), [...path, ...field])),
];

/** Bytes. With a lower limit, a runtime cannot start a container; a low request does no harm. */
const least = { limits: 4 * 1024 ** 2, requests: 64 * 1024 };

const lintMemory = (memory: string, kind: keyof typeof least, path: Path): Warning[] => {
  const bytes = parseQuantity(memory);
  if (!bytes || (bytes >= least[kind] && !/m$/.test(memory))) return [];
  const [, number = "", isThousandths] = /^(\d+)(?:\D.*?)??(m)?$/.exec(memory) ?? [];
  const amount = isThousandths ? `${number} thousandths of a byte` : `${bytes} bytes`;
  const message = `\`memory: ${memory}\` is ${amount}${kind === "limits" ? ", too little for any container" : ""}.`;
  const fix =
    /^\d+m?$/.test(memory) && Number(number) >= 4 ? `Write ${number}Mi for mebibytes.` : "Write, for example, 128Mi.";
  return [{ code: "tiny-memory", message, fix, path }];
};

const wholeNumbers: readonly (readonly string[])[] = [
  ["maxPollDuration"],
  ["ttlSecondsAfterFinished"],
  ["securityContext", "runAsUser"],
  ["securityContext", "runAsGroup"],
];

/** As in YAML 1.1, and therefore in JES. */
const lintOctal = (field: readonly string[], written: string, path: Path): Warning[] => {
  const digits = written.replaceAll("_", "");
  const [octal, decimal] = [Number.parseInt(digits, 8), Number(digits)];
  if (!/^[-+]?0[0-7]+$/.test(digits) || octal === decimal) return [];
  const message = `${field.join(".")} ${quote(written)} means ${octal}: a number that begins with 0 is octal.`;
  return [{ code: "octal-number", message, fix: `Write ${decimal} or ${octal}.`, path }];
};

const textAt = (tree: Tree | undefined, field: readonly string[]): string => {
  const found = valueAt(tree, field);
  return typeof found === "string" ? found : "";
};
