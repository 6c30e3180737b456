// Reads the operator's settings from a file, as the functions receive them.
import { parseEnv } from "node:util";
import { renderProblems } from "../lib/core/problem.ts";
import { parseSettings, type Settings } from "../lib/core/settings/settings.ts";
import { usageError } from "./fault.ts";
import { readInput } from "./input.ts";

/** @param file lines of NAME=VALUE; undefined: the defaults @throws a usage error */
export const readSettings = async (file: string | undefined): Promise<Settings> =>
  settingsFrom(file === undefined ? {} : parseEnv(await readInput(file, "settings")));

/** The same on every machine: ignores the environment. */
export const defaultSettings = (): Settings => settingsFrom({});

const settingsFrom = (env: Readonly<Record<string, string | undefined>>): Settings => {
  const parsed = parseSettings(env);
  if ("problems" in parsed) throw usageError(`The settings are invalid:\n${renderProblems(parsed.problems)}`);
  return parsed.settings;
};
