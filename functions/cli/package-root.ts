// Where the package is: its manifests and examples are beside the sources, and beside dist/cli where the command is bundled.
export const packageRoot = new URL("../../", import.meta.url);
