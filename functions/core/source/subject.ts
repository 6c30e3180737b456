// Event types as NATS has them: parts between dots, where `*` stands for any one part and a last `>` for one or more.

/** Whether all that `narrow` stands for, a type or a pattern, is in `wide`. */
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

/** Whether some type is in both: either may be a pattern. */
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

/** As nats-server takes it: no empty part, no blank, and `>` only at the end. */
export const isSubject = (text: string): boolean =>
  text.split(".").every((part, index, all) => /^[^\s.]+$/.test(part) && (part !== ">" || index === all.length - 1));

/** Without those that another one covers: of two that overlap, NATS would bring an event twice. */
export const leastSubjects = (subjects: readonly string[]): readonly string[] => {
  const unique = [...new Set(subjects)];
  return unique.filter((one) => !unique.some((other) => other !== one && covers(other, one)));
};
