// Turns the paths of a container into those of this machine, where the container is only a process.

/** From a path in the container, such as `/keptn`, to the one that stands for it. */
export type PathMap = Readonly<Record<string, string>>;

/** Rewrites every such path, and every path below it, wherever it stands in a text. */
export const rewritePaths = (text: string, paths: PathMap): string =>
  Object.entries(paths).reduce((rewritten, [from, to]) => rewritten.replace(patternOf(from), () => to), text);

/** Neither the end of a longer path (`/a/keptn`, `http://keptn`) nor the start of a longer name (`/keptn-x`, `/keptn.sh`). */
const patternOf = (path: string): RegExp =>
  new RegExp(`(?<![\\w./~-])${path.replace(/[.\\+*?()[\]{}^$|]/g, "\\$&")}(?![\\w-]|\\.\\w)`, "g");
