// Parses the text of a job/config.yaml into the config, or into all of its problems.
import { byPlace, distinct, errorProblem, type Problem } from "../problem.ts";
import type { Path } from "../yaml/path.ts";
import { type Flaw, readYaml, type Tree, type YamlTree } from "../yaml/tree.ts";
import { explainIssues } from "./explain-issues.ts";
import { lintOutline } from "./lint-outline.ts";
import { lintTasks } from "./lint-tasks.ts";
import { memoize } from "./memoize.ts";
import { type ActionOutline, outlineOf } from "./outline.ts";
import { actionsOf, type ParsedAction, wholeActions } from "./parse-actions.ts";
import { type JobConfig, jobConfigSchema } from "./schema.ts";
import { withoutNulls } from "./without-nulls.ts";

export interface ParsedJobConfig {
  /** Absent if a problem is an error. */
  readonly config?: JobConfig;
  /** In the order of the config. Absent if an error is not inside an action. */
  readonly actions?: readonly ParsedAction[];
  /** Errors and warnings, in the order of the text. */
  readonly problems: readonly Problem[];
  /** Available even for a broken config; undefined if the YAML itself cannot be read. */
  readonly outline?: readonly ActionOutline[];
  /** Position of a value of the config. */
  readonly at?: YamlTree["at"];
  /** The config as it is written. */
  readonly tree?: Tree;
}

/** @param file its name in the positions of problems, such as `job/config.yaml` */
export const parseJobConfig = memoize((text: string, file: string): ParsedJobConfig => {
  const read = readYaml(text, file);
  if ("problems" in read) return { problems: read.problems };
  if (read.tree === null) return { problems: [...read.flaws.map(({ problem }) => problem), emptyConfig(file)] };
  const yaml = { ...read, tree: withoutNulls(read.tree) };
  const outline = outlineOf(yaml.tree);
  if (isTooMuch(outline)) return { problems: [{ ...tooMuch, at: yaml.at(["actions"]) }] };
  const parsed = jobConfigSchema.safeParse(yaml.tree);
  const flaws = parsed.success ? yaml.flaws : withIssues(yaml, explainIssues(parsed.error.issues, yaml));
  const errors = flaws.filter(({ problem }) => problem.severity === "error");
  const config = errors.length === 0 ? parsed.data : undefined;
  const actions = config ? wholeActions(config) : actionsOf(yaml.tree, errors);
  const whole = (actions ?? []).map(({ action }) => action);
  const lint = [...(flaws.some(isUnread) ? [] : lintOutline(outline, yaml)), ...lintTasks(whole, yaml)];
  const problems = distinct([...flaws.map(({ problem }) => problem), ...lint])
    .sort(byPlace)
    .slice(0, maxProblems);
  const told = { problems, outline, at: yaml.at, tree: yaml.tree };
  return { ...told, ...(actions ? { actions } : {}), ...(config ? { config } : {}) };
});

/** Drops issues below a value that could not be read: it is already reported. */
const withIssues = (yaml: YamlTree, issues: readonly Flaw[]): Flaw[] => {
  const unread = yaml.flaws.filter(isUnread);
  const isBelow = (path: Path, above: Path) => above.every((key, index) => path[index] === key);
  return [...yaml.flaws, ...issues.filter(({ path }) => !unread.some((flaw) => isBelow(path, flaw.path)))];
};

const isUnread = ({ problem }: Flaw): boolean => unread.has(problem.code);

const unread = new Set(["unknown-alias", "alias-cycle", "bad-merge", "bad-key"]);

const emptyConfig = (file: string): Problem => ({
  ...errorProblem("empty-config", "The job config is empty.", "Write `apiVersion: v2` and `actions:`."),
  at: { file, line: 1, column: 1 },
});

/** More would not help anyone. */
const maxProblems = 1000;
const maxActions = 999;
/** Events and tasks of all actions together. */
const maxParts = 1000;

const isTooMuch = (outline: readonly ActionOutline[]): boolean =>
  outline.length > maxActions ||
  outline.reduce((sum, { events, tasks }) => sum + events.length + tasks.length, 0) > maxParts;

const tooMuch = errorProblem(
  "too-many-actions",
  `The job config has more than ${maxActions} actions, or more than ${maxParts} events and tasks.`,
  "Split them among services: each can have its own job config.",
);
