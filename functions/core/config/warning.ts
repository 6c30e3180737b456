// A warning about a place of the config.
import type { Problem } from "../problem.ts";
import type { Path, YamlTree } from "./yaml-tree.ts";

export interface Warning {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
  readonly path: Path;
}

export const toProblem = ({ code, message, fix, path }: Warning, yaml: YamlTree): Problem => ({
  code,
  severity: "warning",
  message,
  fix,
  at: yaml.at(path),
});
