// Root of the package, which has the manifests and examples; the same path from functions/cli and from the bundle in dist/cli.
export const packageRoot = new URL("../../", import.meta.url);
