// Reads what a command is given: files, or `-` for stdin.
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { type KeptnEvent, parseKeptnEvent } from "../core/keptn-event.ts";
import { renderProblems } from "../core/problem.ts";
import { codeOf } from "../io/disk/disk-fault.ts";
import { usageError } from "./fault.ts";

/** @throws an error of wrong usage, as all of these do */
export const readEvent = async (file: string): Promise<KeptnEvent> => {
  const content = await readInput(file, "event");
  const parsed = parseKeptnEvent(parseJson(content, file));
  switch (parsed.kind) {
    case "event":
      return parsed.event;
    case "malformed":
      throw usageError(`${file} is not an event of Keptn:\n${renderProblems(parsed.problems)}`);
    case "not-keptn":
      throw usageError(`${file} is not an event of Keptn: ${parsed.why}.`);
    case "thin":
      throw usageError(`${file} has only the ids of an event, and there is no Keptn here that could be asked for it.`);
  }
};

export const readConfig = (file: string): Promise<string> => readInput(file, "job config");

/** @param what the file is, for the message when it cannot be read */
export const readInput = async (file: string, what: string): Promise<string> => {
  if (file === "-") return text(process.stdin);
  try {
    return await readFile(file, "utf8");
  } catch (fault) {
    const why = codeOf(fault) === "ENOENT" ? "there is no such file" : String(fault);
    throw usageError(`Cannot read the ${what} ${file}: ${why}.`);
  }
};

const parseJson = (content: string, file: string): unknown => {
  try {
    return JSON.parse(content);
  } catch (fault) {
    throw usageError(`${file} is not JSON: ${fault instanceof Error ? fault.message : fault}`);
  }
};
