// Keeps a value as it is: in `env`, Kubernetes puts values in for `$(NAME)` and halves `$$`.

export const literal = (value: string): string => value.replace(/\$(?=[$(])/g, "$$$$");

/** What a container sees of such a value. */
export const literalOf = (text: string): string => text.replaceAll("$$", () => "$");
