// Names of port calls.
export const writing = (operation: string) => ({ to: "kubernetes", does: "writes", operation }) as const;
export const reading = (operation: string) => ({ to: "kubernetes", does: "reads", operation }) as const;

/** `003` for a Job, or with its run's number. */
export const tail = (name: string | undefined): string => name?.replace(/-files$/, "").slice(-7) ?? "";
