// A command as one text, as people know it from a terminal, and as the list of words that Kubernetes wants.

/** @returns the words, or `sh -c` with the whole text where only a shell understands it */
export const commandList = (text: string): string[] => {
  const words = wordsOf(text.trim());
  return words && words.length > 0 ? words : ["sh", "-c", text.trim()];
};

/** @returns undefined for a text that means more than words between blanks and quotes */
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
 * A word with blanks behind an operator is a command itself.
 * @param asWritten a word that is shell already
 * @returns the words as a line for a shell; its operators stay operators
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
