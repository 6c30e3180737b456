// `$(NAME)` in env values, commands and arguments, as Kubernetes expands it.

/**
 * `$(NAME)` becomes the variable's value, `$$` a dollar; what names no variable stays as it is written
 * (k8s.io/kubernetes/third_party/forked/golang/expansion).
 */
export const expand = (text: string, variables: ReadonlyMap<string, string>): string =>
  text.replace(/\$(?:\$|\(([^)]*)\))/g, (reference, name?: string) =>
    name === undefined ? "$" : (variables.get(name) ?? reference),
  );
