// Event types as NATS subjects: parts between dots, where `*` matches one part and a final `>` one or more.

/** Whether `wide` includes everything that `narrow` (a type or a pattern) matches. */
export const covers = (wide: string, narrow: string): boolean => {
  const parts = narrow.split(".");
  const own = wide.split(".");
  for (const [index, part] of own.entries()) {
    const other = parts[index];
    if (other === undefined) return false;
    if (part === ">") return true;
    if (other === ">" || (part !== "*" && part !== other)) return false;
  }
  return own.length === parts.length;
};

/** Whether both (types or patterns) match a common type. */
export const intersects = (one: string, other: string): boolean => {
  const [parts, others] = [one.split("."), other.split(".")];
  for (const [index, part] of parts.entries()) {
    const its = others[index];
    if (its === undefined) return false;
    if (part === ">" || its === ">") return true;
    if (part !== "*" && its !== "*" && part !== its) return false;
  }
  return parts.length === others.length;
};

export const isPattern = (subject: string): boolean => /(^|\.)(\*|>)(\.|$)/.test(subject);

/** Valid for nats-server: no empty part, no whitespace, and `>` only at the end. */
export const isSubject = (text: string): boolean =>
  text.split(".").every((part, index, all) => /^[^\s.]+$/.test(part) && (part !== ">" || index === all.length - 1));

/** Removes subjects that another one covers: NATS would deliver an event once for each. */
export const leastSubjects = (subjects: readonly string[]): readonly string[] => {
  const unique = [...new Set(subjects)];
  return unique.filter((one) => !unique.some((other) => other !== one && covers(other, one)));
};
