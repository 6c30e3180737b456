// Reads the input of a command: files, or `-` for stdin.
import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { parseJson } from "../lib/core/json/exact-json.ts";
import { decodeText, findUndecoded, type Undecoded } from "../lib/core/text/decode-text.ts";
import { codeOf } from "../lib/disk/disk-fault.ts";
import { usageError } from "./fault.ts";

/** Undecodable characters are reported among the config's problems: see {@link decodeText}. */
export const readConfig = (file: string): Promise<string> => readText(file, "job config");

/** @param what describes the file in the error message */
export const readInput = async (file: string, what: string): Promise<string> => {
  const text = await readText(file, what);
  const flaw = findUndecoded(text) ?? findNul(text);
  if (!flaw) return text;
  const before = text.slice(0, flaw.offset).split("\n");
  const place = `${file}:${before.length}:${(before.at(-1) ?? "").length + 1}`;
  throw usageError(
    `Cannot read the ${what}: at ${place}, ${flaw.what} is not valid UTF-8 or UTF-16 text. Save the file as UTF-8.`,
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
    const why = codeOf(fault) === "ENOENT" ? "no such file" : String(fault);
    throw usageError(`Cannot read the ${what} ${file}: ${why}.`);
  }
};

/** @throws a usage error */
export const readJson = (content: string, file: string): unknown => {
  try {
    return parseJson(content);
  } catch (fault) {
    throw usageError(`${file} is not JSON: ${fault instanceof Error ? fault.message : fault}`);
  }
};
