// Reads the Secrets that a local run is given.
import { parseEnv } from "node:util";
import type { Secrets } from "../../io/local/container-env.ts";
import { usageError } from "../fault.ts";
import { readInput } from "../input.ts";

/** @param given entries `NAME=FILE` */
export const readSecrets = async (given: readonly string[]): Promise<Secrets> => {
  const secrets = given.map(async (entry) => {
    const [, name, file] = /^([^=]+)=(.+)$/.exec(entry) ?? [];
    if (!name || !file) throw usageError(`--secret ${entry} is not NAME=FILE.`);
    return [name, parseEnv(await readInput(file, `Secret ${name}`)) as Record<string, string>] as const;
  });
  return Object.fromEntries(await Promise.all(secrets));
};
