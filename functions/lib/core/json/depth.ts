// Limits the nesting of foreign values: deeper ones are refused before they overflow the stack of JSON and YAML writers.

/** Far below a stack overflow, and far above any real use. */
export const maxNesting = 100;

/** Works level by level, since recursion would overflow the stack. */
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
