// Escapes a value for `env`, where Kubernetes replaces `$(NAME)` and halves `$$`.

export const literal = (value: string): string => value.replace(/\$(?=[$(])/g, "$$$$");

/** The value as the container sees it. */
export const literalOf = (text: string): string => text.replaceAll("$$", () => "$");
