// What a bundle has in it: packages and our own modules, those that are loaded at the start and those that wait.
import { isBuiltin } from "node:module";
import type { Metafile } from "esbuild";

export interface Contents {
  /** Loaded before the first event: `cloudevents`, or for our own modules their room. With how many modules of it. */
  readonly atStart: Readonly<Record<string, number>>;
  /** Loaded when they are needed, if ever. */
  readonly later: Readonly<Record<string, number>>;
  /** Node's own modules that are loaded at the start. */
  readonly node: readonly string[];
}

export const contentsOf = ({ inputs, outputs }: Metafile): Contents => {
  const output = Object.values(outputs).find(({ entryPoint }) => entryPoint);
  const started = reachedFrom(output?.entryPoint ?? "", inputs);
  const isThere = (name: string): boolean => !isStandIn(name) && output?.inputs[name]?.bytesInOutput !== 0;
  const names = Object.keys(inputs).filter(isThere);
  const imports = [...started].filter(isThere).flatMap((name) => inputs[name]?.imports ?? []);
  const node = imports.flatMap(({ external, kind, path }) =>
    external && kind !== "dynamic-import" && isBuiltin(path) ? [path.replace(/^node:/, "")] : [],
  );
  return {
    atStart: countPackages(names.filter((name) => started.has(name))),
    later: countPackages(names.filter((name) => !started.has(name))),
    node: [...new Set(node)].toSorted(),
  };
};

/** A stand-in (build/left-out.ts) loads the real thing only when it is used. */
const isStandIn = (name: string): boolean => name.startsWith("left-out:");

const reachedFrom = (entry: string, inputs: Metafile["inputs"]): Set<string> => {
  const reached = new Set([entry]);
  for (const name of reached) {
    if (isStandIn(name)) continue;
    for (const { kind, external, path } of inputs[name]?.imports ?? []) {
      if (!external && kind !== "dynamic-import") reached.add(path);
    }
  }
  return reached;
};

const countPackages = (names: readonly string[]): Record<string, number> => {
  const grouped = Map.groupBy(names, packageOf);
  return Object.fromEntries([...grouped].map(([name, all]) => [name, all.length]).toSorted());
};

/** Of our own modules, their room: core grows by a file now and then, which is no reason to look. */
const packageOf = (name: string): string => {
  const [, inPackage] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(name) ?? [];
  return inPackage ?? (name.replace(/[^/]+$/, "") || name);
};
