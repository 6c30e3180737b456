// Finds the known word that a mistyped one was probably meant to be.

/** @returns undefined if none is close */
export const nearest = (word: string, known: readonly string[]): string | undefined => {
  if (word.length > 60) return undefined;
  const ranked = known.map((name) => ({ name, edits: editsBetween(word.toLowerCase(), name.toLowerCase()) }));
  const best = ranked.reduce<(typeof ranked)[number] | undefined>(
    (a, b) => (a && a.edits <= b.edits ? a : b),
    undefined,
  );
  if (best && best.edits <= Math.max(1, Math.floor(word.length / 3))) return best.name;
  const [given, half] = [word.toLowerCase(), word.length / 2];
  return known.find((name) => {
    const one = name.toLowerCase();
    return one.length > 2 && (one.startsWith(given) || (given.startsWith(one) && one.length >= half));
  });
};

/** Levenshtein distance that counts a swap of two neighbours as one edit. */
export const editsBetween = (from: string, to: string): number => {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let line = 1; line <= from.length; line++) {
    const next = [line];
    for (let column = 1; column <= to.length; column++) {
      const same = from[line - 1] === to[column - 1];
      const swapped = line > 1 && column > 1 && from[line - 1] === to[column - 2] && from[line - 2] === to[column - 1];
      const edits = Math.min(row[column]! + 1, next[column - 1]! + 1, row[column - 1]! + (same ? 0 : 1));
      next.push(swapped ? Math.min(edits, before[column - 2]! + 1) : edits);
    }
    [before, row] = [row, next];
  }
  return row[to.length]!;
};
