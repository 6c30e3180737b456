// The startup options of a deployed function that affect its speed and memory.
import { readFileSync } from "node:fs";
import { parse } from "yaml";

interface Service {
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly Container[] } } };
}

interface Container {
  readonly env: readonly { readonly name: string; readonly value?: string }[];
}

export const functionNames = ["start-job", "finish-task"] as const;
export type FunctionName = (typeof functionNames)[number];

/** Of the function's manifest. */
export const deployedEnv = (name: FunctionName): Record<string, string> => {
  const [first = ""] = readFileSync(`manifests/base/${name}.yaml`, "utf8").split("\n---\n");
  const { env } = (parse(first) as Service).spec.template.spec.containers[0]!;
  const aboutMemory = env.filter(({ name }) => name === "NODE_OPTIONS" || name.startsWith("MALLOC_"));
  return Object.fromEntries(aboutMemory.map(({ name, value = "" }) => [name, value]));
};
