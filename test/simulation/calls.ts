// How calls of the ports are named.
export const writing = (operation: string) => ({ to: "kubernetes", does: "writes", operation }) as const;
export const reading = (operation: string) => ({ to: "kubernetes", does: "reads", operation }) as const;

/** `003` of a Job, or with its run's number. */
export const tail = (name: string | undefined): string => name?.replace(/-files$/, "").slice(-7) ?? "";
