// Reads the Secrets and ConfigMaps of a local run.
import { parseEnv } from "node:util";
import { usageError } from "../fault.ts";
import { readInput } from "../input.ts";
import type { Secrets } from "../local/container-env.ts";

/** @param given entries `NAME=FILE` of the option */
export const readValues = async (option: "secret" | "config-map", given: readonly string[]): Promise<Secrets> => {
  const values = given.map(async (entry) => {
    const [, name, file] = /^([^=]+)=(.+)$/.exec(entry) ?? [];
    if (!name || !file) throw usageError(`--${option} ${entry} is not NAME=FILE.`);
    return [name, parseEnv(await readInput(file, `${kinds[option]} ${name}`)) as Record<string, string>] as const;
  });
  return Object.fromEntries(await Promise.all(values));
};

const kinds = { secret: "Secret", "config-map": "ConfigMap" } as const;
