// Rewrites container paths to paths on this machine, for containers that run as processes.

/** Maps a path in the container, such as `/keptn`, to a path on this machine. */
export type PathMap = Readonly<Record<string, string>>;

/** Rewrites these paths and paths below them anywhere in a text, once each. */
export const rewritePaths = (text: string, paths: PathMap): string =>
  Object.keys(paths).length === 0 ? text : text.replace(patternOf(Object.keys(paths)), (path) => paths[path] ?? path);

/**
 * Prefers longer paths. Does not match the end of a longer path (`/a/keptn`, `http://keptn`) or the start of a longer name (`/keptn-x`,
 * `/keptn.sh`).
 */
const patternOf = (paths: readonly string[]): RegExp => {
  const longestFirst = paths.toSorted((a, b) => b.length - a.length).map(escapePath);
  return new RegExp(`(?<![\\w./~-])(?:${longestFirst.join("|")})(?![\\w-]|\\.\\w)`, "g");
};

const escapePath = (path: string): string => path.replace(/[.\\+*?()[\]{}^$|]/g, "\\$&");
