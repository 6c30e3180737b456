// Converts a command between one line, as in a terminal, and the list of words that Kubernetes expects.

/** @returns the words, or `sh -c` with the whole text if it needs a shell */
export const commandList = (text: string): string[] => {
  const words = wordsOf(text.trim());
  return words && words.length > 0 ? words : ["sh", "-c", text.trim()];
};

/** @returns undefined if the text has shell syntax other than spaces and quotes */
const wordsOf = (text: string): string[] | undefined => {
  const words: string[] = [];
  const word = /\s*((?:[^\s"'\\|&;<>`$*?]|\$\([\w.-]+\)|"[^"\\`$]*"|'[^']*')+)(?=\s|$)/y;
  while (word.lastIndex < text.length) {
    const found = word.exec(text)?.[1];
    if (found === undefined) return undefined;
    words.push(found.replaceAll(/"([^"]*)"|'([^']*)'/g, "$1$2"));
  }
  return words;
};

/**
 * A word with spaces after an operator is a command itself.
 * @param asWritten a word that is already shell syntax
 * @returns the words as a shell line; operators stay operators
 */
export const commandText = (words: readonly string[], asWritten?: string): string =>
  words
    .map((word, index) => {
      const isLine = word === asWritten || (isOperator.test(words[index - 1] ?? "") && /\s/.test(word));
      return isLine || isOperator.test(word) || isPlain.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
    })
    .join(" ");

const isOperator = /^(?:\d|&)?[|&;<>]+(?:&?\d|\/dev\/\w+)?$/;
const isPlain = /^(?:[\w@%+=:,./-]|\$\(\w+\)|\$\{?\w+\}?)+$/;
