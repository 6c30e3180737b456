// Reads what a command is given: files, or `-` for stdin.
import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { decodeText, findUndecoded, type Undecoded } from "../core/decode-text.ts";
import { parseJson } from "../core/exact-json.ts";
import { codeOf } from "../io/disk/disk-fault.ts";
import { usageError } from "./fault.ts";

/** What is no text in it is among its problems: see {@link decodeText}. */
export const readConfig = (file: string): Promise<string> => readText(file, "job config");

/** @param what the file is, for the message when it cannot be read */
export const readInput = async (file: string, what: string): Promise<string> => {
  const text = await readText(file, what);
  const flaw = findUndecoded(text) ?? findNul(text);
  if (!flaw) return text;
  const before = text.slice(0, flaw.offset).split("\n");
  const place = `${file}:${before.length}:${(before.at(-1) ?? "").length + 1}`;
  throw usageError(
    `Cannot read the ${what}: ${place} the ${flaw.what} is no text in UTF-8 or UTF-16. Save it in UTF-8.`,
  );
};

const findNul = (text: string): Undecoded | undefined => {
  const offset = text.indexOf("\0");
  return offset < 0 ? undefined : { offset, what: "character U+0000 (NUL)" };
};

const readText = async (file: string, what: string): Promise<string> => {
  try {
    return decodeText(file === "-" ? await buffer(process.stdin) : await readFile(file));
  } catch (fault) {
    const why = codeOf(fault) === "ENOENT" ? "there is no such file" : String(fault);
    throw usageError(`Cannot read the ${what} ${file}: ${why}.`);
  }
};

/** @throws an error of wrong usage */
export const readJson = (content: string, file: string): unknown => {
  try {
    return parseJson(content);
  } catch (fault) {
    throw usageError(`${file} is not JSON: ${fault instanceof Error ? fault.message : fault}`);
  }
};
