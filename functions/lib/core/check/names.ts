// Finds an overlay's changes to our objects' names: Kustomize's namePrefix and nameSuffix.

export interface Affixes {
  readonly prefix: string;
  readonly suffix: string;
}

const noAffixes: Affixes = { prefix: "", suffix: "" };

/** @param services names of the Knative Services of a namespace @returns no affixes if the functions have their original names, or do not exist */
export const affixesOf = (services: readonly string[]): Affixes => {
  const found = services.toSorted().flatMap((name): Affixes[] => {
    const [, prefix = "", suffix = ""] = /^(.*-)?(?:start-job|finish-task)(-.*)?$/.exec(name) ?? [];
    return /(^|-)(start-job|finish-task)(-|$)/.test(name) ? [{ prefix, suffix }] : [];
  });
  if (found.some((one) => one.prefix + one.suffix === "")) return noAffixes;
  const twice = found.find((one, at) => found.findIndex((other) => isSame(one, other)) !== at); // both functions
  return twice ?? found[0] ?? noAffixes;
};

const isSame = (a: Affixes, b: Affixes): boolean => a.prefix === b.prefix && a.suffix === b.suffix;

/** The name of one of our objects in this installation. */
export const nameWith = ({ prefix, suffix }: Affixes = noAffixes, name: string): string => `${prefix}${name}${suffix}`;
