// A deliberate mistake in the design, as a small edit of the sources.
import type { Mishap } from "./rates.ts";

export interface Mistake {
  /** What somebody might consider good enough. */
  readonly name: string;
  readonly edits: readonly Edit[];
  /** The only faults to inject while looking for it, and often. Without it: all faults, as usual. */
  readonly only?: readonly Mishap[];
}

interface Edit {
  /** Below functions/. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A mistake with a single edit. */
export const mistake = (name: string, file: string, from: string, to: string, only?: readonly Mishap[]): Mistake => ({
  name,
  edits: [{ file, from, to }],
  ...(only ? { only } : {}),
});

/** @throws unless `from` occurs exactly once: whoever changes that line has to review the mistake */
export const applyMistake = (file: string, source: string, { name, edits }: Mistake): string =>
  edits
    .filter((edit) => edit.file === file)
    .reduce((text, { from, to }) => {
      const found = text.split(from).length - 1;
      if (found !== 1)
        throw new Error(`mistake '${name}': functions/${file} contains its line ${found} times:\n${from}`);
      return text.replace(from, () => to);
    }, source);
