// Turns schema issues into problems that name the action, task, field, position and fix.
import type * as z from "zod";
import type { Problem } from "../problem.ts";
import type { Path } from "../yaml/path.ts";
import { quote } from "../yaml/scalars.ts";
import { type Flaw, type Tree, valueAt, type YamlTree } from "../yaml/tree.ts";
import { knownWord } from "./known-words.ts";
import { nearest } from "./nearest.ts";
import { rewriteFix, valueFromOf } from "./rewrite.ts";
import { exampleAt, knownKeysAt } from "./schema-at.ts";

type Issue = z.core.$ZodIssue;

interface Explanation {
  readonly code: string;
  /** Continues the sentence after the field's name. */
  readonly message: string;
  readonly fix: string;
  readonly path: Path;
  readonly onKey?: boolean;
}

export const explainIssues = (issues: readonly Issue[], yaml: YamlTree): Flaw[] =>
  issues
    .flatMap((issue) => explain(issue, yaml.tree))
    .map((explanation) => ({ problem: toProblem(explanation, yaml), path: explanation.path }));

const toProblem = ({ code, message, fix, path, onKey }: Explanation, yaml: YamlTree): Problem => ({
  code,
  severity: "error",
  message: `${subjectOf(path, yaml.tree)}${message}.`,
  fix,
  at: onKey ? yaml.keyAt(path) : yaml.at(path),
});

const explain = (issue: Issue, tree: Tree): Explanation[] => {
  const { path } = issue;
  const value = valueAt(tree, path);
  if (issue.code === "invalid_union" && value !== undefined) return explainUnion(issue, value, tree);
  if (issue.code === "unrecognized_keys") return issue.keys.slice(0, 100).map((key) => unknownKey(key, path));
  if (issue.code === "custom")
    return [{ ...(issue.params as { code: string; fix: string }), message: issue.message, path }];
  if (value === null) return [nullEntry(path)];
  if (value === undefined || issue.code === "too_small") return [missing(path, valueAt(tree, path.slice(0, -1)))];
  if (issue.code === "invalid_type") return [wrongType(value, issue.expected, path)];
  return [badValue(value, "values" in issue ? issue.values.map(String) : [], path)];
};

/** For a field that takes a scalar or a map: the issues of the form that was used. */
const explainUnion = ({ errors, path }: z.core.$ZodIssueInvalidUnion, value: Tree, tree: Tree): Explanation[] => {
  const fits = (issues: readonly Issue[]) =>
    !issues.some((one) => one.code === "invalid_type" && one.path.length === 0);
  const meant = errors.find(fits) ?? errors[0] ?? [];
  if (!errors.some(fits)) return [wrongType(value, "union", path)];
  return meant.flatMap((one) => explain({ ...one, path: [...path, ...one.path] }, tree));
};

const unknownKey = (key: string, path: Path): Explanation => {
  const known = knownKeysAt(path);
  const guess = nearest(key, known);
  return {
    code: "unknown-key",
    message: "is not a field of the job config",
    fix: knownWord(key, path) ?? (guess ? `Did you mean \`${guess}\`?` : `Known here: ${known.join(", ")}.`),
    path: [...path, key],
    onKey: true,
  };
};

/** @param around the value that should have the field */
const missing = (path: Path, around: Tree | undefined): Explanation => ({
  code: `missing-${kebab(lastName(path))}`,
  message: "is missing",
  fix: lastName(path) === "valueFrom" ? valueFromOf(around) : exampleOf(path),
  path,
});

/** In lists only: elsewhere null means "not given". */
const nullEntry = (path: Path): Explanation => ({
  code: "null-entry",
  message: "is null: YAML finds no value here",
  fix: `Quote text that YAML treats as syntax ("&&", "!x", "#1", "null"), or remove the entry; "" is the empty text.${isCommand(path) ? " Pass a line with && to `sh -c` as one text." : ""}`,
  path,
});

const isCommand = ([, , , , field]: Path): boolean => field === "cmd" || field === "args";

const wrongType = (value: Tree, expected: string, path: Path): Explanation => ({
  code: "wrong-type",
  message: `is ${typeNameOf(value)}, but must be ${typeNames[expected] ?? expected}`,
  fix: rewriteFix(value, path) ?? exampleOf(path),
  path,
});

const exampleOf = (path: Path): string => {
  const example = exampleAt(path);
  return example ? `Write, for example, \`${lastName(path)}: ${example}\`.` : "See `job-executor schema`.";
};

const badValue = (value: Tree, allowed: readonly string[], path: Path): Explanation => ({
  code: `bad-${kebab(lastName(path))}`,
  message: `is ${typeof value === "string" ? quote(value) : typeNameOf(value)}`,
  fix: rewriteFix(value, path) ?? `Write one of: ${allowed.filter((name) => name !== "").join(", ")}.`,
  path,
});

const typeNames: Readonly<Record<string, string>> = {
  string: "text",
  array: "a list",
  object: "a map of fields",
  record: "a map",
  union: "a number or a map of fields",
};

const typeNameOf = (value: Tree): string =>
  typeof value === "string" ? `the text ${quote(value)}` : Array.isArray(value) ? "a list" : "a map";

/** `imagePullPolicy` -> `image-pull-policy` */
const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const lastName = (path: Path): string => String(path.findLast((part) => typeof part === "string") ?? "config");

/** ["actions", 0, "tasks", 1, "image"] -> `Action "Run locust", task "smoke": image ` */
const subjectOf = (path: Path, tree: Tree): string => {
  const [isAction, action, isTask, task] = path;
  if (isAction !== "actions" || typeof action !== "number")
    return path.length === 0 ? "The job config " : `${fieldOf(path)} `;
  const actionName = nameOf(path.slice(0, 2), tree);
  if (isTask !== "tasks" || typeof task !== "number") return `Action ${actionName}: ${fieldOf(path.slice(2))} `;
  return `Action ${actionName}, task ${nameOf(path.slice(0, 4), tree)}: ${fieldOf(path.slice(4))} `;
};

const nameOf = (path: Path, tree: Tree): string => {
  const name = valueAt(tree, [...path, "name"]);
  return typeof name === "string" && name !== "" ? quote(name) : `number ${Number(path.at(-1)) + 1}`;
};

const fieldOf = (path: Path): string => {
  const field = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
  return field === "" ? "it" : field.replace(/^\./, "");
};
