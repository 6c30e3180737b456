// What a function's manifest gives to Node itself: how much memory it takes before it looks for what it can give back.
import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";

export const shippedEnvOf = (name: "start-job" | "finish-task"): Readonly<Record<string, string>> => {
  const [service] = parseAllDocuments(readFileSync(`manifests/base/${name}.yaml`, "utf8")).map((one) => one.toJS());
  const { env } = service.spec.template.spec.containers[0] as { env: readonly { name: string; value: string }[] };
  const own = env.filter((one) => /^(NODE|MALLOC)_/.test(one.name)).map((one) => [one.name, one.value]);
  if (own.length === 0) throw new Error(`the manifest of ${name} has nothing for Node`);
  return Object.fromEntries(own);
};
