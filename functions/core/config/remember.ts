// Remembers what was made of the last few texts: the events of a project come in numbers, and with the same job config.

const mostTexts = 8;
/** A parsed text takes some twenty times its length of memory. */
const mostLength = 32 * 1024;

/** @param make gives the same for the same arguments, and nothing that anybody changes */
export const remember = <T>(make: (text: string, file: string) => T): ((text: string, file?: string) => T) => {
  const known = new Map<string, T>();
  return (text, file = "") => {
    const key = `${file}\n${text}`;
    const made = known.get(key) ?? make(text, file);
    known.delete(key); // the last used is the last to go
    if (text.length <= mostLength) known.set(key, made);
    if (known.size > mostTexts) known.delete(known.keys().next().value ?? "");
    return made;
  };
};
