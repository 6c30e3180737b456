// Patterns for names of Kubernetes objects: `*` matches any characters, including none.

/** Runs in linear time for every pattern. */
export const matchesGlob = (name: string, pattern: string): boolean => {
  const [first = "", ...others] = pattern.split("*");
  const last = others.pop();
  if (last === undefined) return name === pattern;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  const end = name.length - last.length;
  let at = first.length;
  return others.every((part) => {
    const found = name.indexOf(part, at);
    at = found + part.length;
    return found >= 0 && at <= end;
  });
};

export const matchesAny = (name: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => matchesGlob(name, pattern));
