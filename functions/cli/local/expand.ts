// Expands `$(NAME)` in env values, commands and arguments like Kubernetes.

/**
 * `$(NAME)` becomes the variable's value, and `$$` a dollar; unknown variables stay unchanged
 * (k8s.io/kubernetes/third_party/forked/golang/expansion).
 */
export const expand = (text: string, variables: ReadonlyMap<string, string>): string =>
  text.replace(/\$(?:\$|\(([^)]*)\))/g, (reference, name?: string) =>
    name === undefined ? "$" : (variables.get(name) ?? reference),
  );
