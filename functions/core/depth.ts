// How deep values of others nest: what overflows the stack of whoever writes them as JSON or YAML is refused before.

/** Far below that, and far above what anybody needs. */
export const maxNesting = 100;

/** Level by level: recursion is what deep values are made against. */
export const isTooDeep = (value: unknown): boolean => {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxNesting) return true;
    level = level.flatMap((one) =>
      typeof one === "object" && one !== null ? Object.values(one).filter((inner) => typeof inner === "object") : [],
    );
  }
  return false;
};
