// What an overlay makes of our objects' names: Kustomize's namePrefix and nameSuffix.

export interface Affixes {
  readonly prefix: string;
  readonly suffix: string;
}

const noAffixes: Affixes = { prefix: "", suffix: "" };

/** @param services names of the Knative Services of a namespace @returns none where the functions have their own names, or are not there */
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

/** What an object of ours is called in this installation. */
export const nameWith = ({ prefix, suffix }: Affixes = noAffixes, name: string): string => `${prefix}${name}${suffix}`;
