// Caches the results for the last few texts: many events of a project share the same job config.

const mostTexts = 8;
/** A parsed text takes some twenty times its length in memory. */
const mostLength = 32 * 1024;

/** @param make a pure function whose results nobody modifies */
export const memoize = <T>(make: (text: string, file: string) => T): ((text: string, file?: string) => T) => {
  const known = new Map<string, T>();
  return (text, file = "") => {
    const key = `${file}\n${text}`;
    const made = known.get(key) ?? make(text, file);
    known.delete(key); // the most recently used entry is evicted last
    if (text.length <= mostLength) known.set(key, made);
    if (known.size > mostTexts) known.delete(known.keys().next().value ?? "");
    return made;
  };
};
