// The fix for a value that an operator's list does not contain.

/** @returns a sentence that names the setting and its allowed values */
export const allowedIn = (setting: string, allowed: readonly string[]): string =>
  allowed.length > 0
    ? `Allowed: ${allowed.join(", ")} (${setting}).`
    : `Remove it, or ask the operator to add it to ${setting}.`;
