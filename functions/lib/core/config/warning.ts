// A warning or note about a part of the config.
import type { Problem } from "../problem.ts";
import type { Path } from "../yaml/path.ts";
import type { YamlTree } from "../yaml/tree.ts";

export interface Warning {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
  readonly path: Path;
}

export const toProblem = (
  { code, message, fix, path }: Warning,
  yaml: Pick<YamlTree, "at">,
  severity: "warning" | "note" = "warning",
): Problem => ({ code, severity, message, fix, at: yaml.at(path) });
