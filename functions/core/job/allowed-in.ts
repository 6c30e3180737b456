// What to do about something that no list of the operator has.

/** @returns a sentence that names the setting, and what it allows */
export const allowedIn = (setting: string, allowed: readonly string[]): string =>
  allowed.length > 0
    ? `Allowed: ${allowed.join(", ")} (${setting}).`
    : `Leave it out, or ask the operator for it in ${setting}.`;
