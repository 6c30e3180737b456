// A line of a shell as its commands and their words: as much of it as docs/ use.

const word = /(?:[^\s"'|&;<>\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/y;

/** @returns the words of each command between `|`, `&&`, `||` and `;`; redirections and assignments before it are left out */
export const commandsIn = (line: string): string[][] => {
  const commands: string[][] = [[]];
  let at = 0;
  while (at < line.length) {
    word.lastIndex = at;
    const found = word.exec(line)?.[0];
    const rest = line.slice(at);
    const redirection = /^\d?(?:>>?|<)(?:&\d|\s*\S+)/.exec(rest)?.[0];
    const separator = /^(?:\|\|?|&&|;)/.exec(rest)?.[0];
    if (redirection === undefined && found !== undefined) commands.at(-1)?.push(unquote(found));
    if (separator !== undefined) commands.push([]);
    at += (redirection ?? found ?? separator ?? " ").length;
  }
  return commands.map(withoutAssignments).filter((words) => words.length > 0);
};

const withoutAssignments = (words: readonly string[]): string[] => {
  const first = words.findIndex((one) => !/^[A-Za-z_]\w*=/.test(one));
  return first < 0 ? [] : words.slice(first);
};

const unquote = (text: string): string =>
  text.replaceAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g, (_, double, single, escaped) => double ?? single ?? escaped);
