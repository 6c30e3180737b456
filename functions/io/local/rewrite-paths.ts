// Turns the paths of a container into those of this machine, where the container is only a process.

/** From a path in the container, such as `/keptn`, to the one that stands for it. */
export type PathMap = Readonly<Record<string, string>>;

/** Rewrites every such path, and every path below it, wherever it stands in a text; what it becomes is not rewritten again. */
export const rewritePaths = (text: string, paths: PathMap): string =>
  Object.keys(paths).length === 0 ? text : text.replace(patternOf(Object.keys(paths)), (path) => paths[path] ?? path);

/**
 * Of two that fit, the longer one. Neither the end of a longer path (`/a/keptn`, `http://keptn`) nor the start of a longer name
 * (`/keptn-x`, `/keptn.sh`).
 */
const patternOf = (paths: readonly string[]): RegExp => {
  const longestFirst = paths.toSorted((a, b) => b.length - a.length).map(escapePath);
  return new RegExp(`(?<![\\w./~-])(?:${longestFirst.join("|")})(?![\\w-]|\\.\\w)`, "g");
};

const escapePath = (path: string): string => path.replace(/[.\\+*?()[\]{}^$|]/g, "\\$&");
