// Rewrites a value of the wrong form into the form that its field expects.
import type { Path } from "../yaml/path.ts";
import { isTreeMap, type Tree } from "../yaml/tree.ts";
import { commandList } from "./command-text.ts";
import { knownWord } from "./known-words.ts";

/** Longer values would hide the sentence around them. */
const maxLength = 300;

/** @returns what to write, as a sentence; undefined if the value cannot be rewritten */
export const rewriteFix = (value: Tree, path: Path): string | undefined => {
  const field = String(path.at(-1));
  const made = rewrite(value, path);
  if (made !== undefined) return `Write \`${typeof path.at(-1) === "number" ? made : `${field}: ${made}`}\`.`;
  if (field === "valueFrom" && isTreeMap(value)) return sourceOf(value, path);
  if (field === "valueFrom" && typeof value === "string" && ofTasks.has(value))
    return "Did you mean `valueFrom: task`? Its value is a path such as $.build.image.";
  return isTreeMap(value) && lists.has(field) ? "Write `- ` before the first field of each entry." : undefined;
};

/** Kubernetes' `valueFrom: {secretKeyRef: {name, key}}` and similar. */
const sourceOf = (value: { readonly [key: string]: Tree }, path: Path): string | undefined => {
  const { name, key } = isTreeMap(value["secretKeyRef"]) ? value["secretKeyRef"] : {};
  if (typeof name !== "string") return knownWord(Object.keys(value)[0] ?? "", path.slice(0, -1));
  if (typeof key === "string") return `Write \`valueFrom: secret, secret: {name: ${name}, key: ${key}}\`.`;
  return `Write \`{name: ${name}, valueFrom: secret}\`: each key of the Secret becomes a variable.`;
};

/** Words of CI systems for values passed between steps. */
const ofTasks = new Set(["tasks", "step", "steps", "job", "needs", "result", "results", "output", "outputs"]);

const lists = new Set(["actions", "events", "tasks", "env", "volumes", "tolerations"]);

/** For an `env` entry in Kubernetes' form, without `valueFrom`. */
export const valueFromOf = (entry: Tree | undefined): string => {
  const value = isTreeMap(entry) ? entry["value"] : undefined;
  if (typeof value !== "string" || value === "") return "Write `valueFrom: secret` if `name` is the name of a Secret.";
  return isPathLike(value) ? "Write `valueFrom: event`: the value is a JSONPath." : "Write `valueFrom: string`.";
};

/** @returns the value as JSON, which is valid YAML */
const rewrite = (value: Tree, path: Path): string | undefined => {
  const [, , list, , field, index] = path;
  const made =
    list === "events" && path.length < 5
      ? eventOf(value, path)
      : list === "tasks"
        ? fieldOf(value, { field, index, path })
        : undefined;
  const text = made === undefined ? undefined : JSON.stringify(made);
  return text !== undefined && text.length <= maxLength ? text : undefined;
};

const eventOf = (value: Tree, { length }: Path): unknown => {
  if (typeof value !== "string") return undefined;
  return length === 3 ? [{ name: value }] : { name: value };
};

interface Field {
  readonly field: PropertyKey | undefined;
  readonly index: PropertyKey | undefined;
  readonly path: Path;
}

const fieldOf = (value: Tree, { field, index, path }: Field): unknown => {
  if (field === "env") return path.length === 6 ? entryOf(value) : path.length === 5 ? entriesOf(value) : undefined;
  if (isTreeMap(value)) return nameOf(value, { field, index, path });
  if (index !== undefined || typeof value !== "string" || value === "") return undefined;
  if (field === "cmd") return commandList(value);
  if (field === "args") return argumentsOf(value);
  return field === "files" || field === "imagePullSecrets" ? [value] : undefined;
};

/** Kubernetes' `configMap: {name: x}`, `secret: {secretName: x}`, `imagePullSecrets: [{name: x}]`. */
const nameOf = (value: { readonly [key: string]: Tree }, { field, index, path }: Field): unknown => {
  const isEntry = field === "imagePullSecrets" && path.length === 6;
  const isSource = field === "volumes" && path.length === 7;
  return isEntry || (isSource && index !== undefined)
    ? (value["name"] ?? value["secretName"] ?? value["claimName"] ?? undefined)
    : undefined;
};

/** For `args`, the text stays one argument if it would need a shell. */
const argumentsOf = (text: string): string[] => {
  const words = commandList(text);
  return words[2] === text.trim() && words[1] === "-c" ? [text] : words;
};

/** Compose's `NAME=value`. */
const entryOf = (value: Tree): unknown => {
  if (typeof value !== "string") return undefined;
  const [, name, given] = /^([A-Za-z_][\w.-]*)=(.*)$/s.exec(value) ?? [];
  return name === undefined ? undefined : variable(name, given ?? "");
};

/** A map of names and values. */
const entriesOf = (value: Tree): unknown => {
  const given = isTreeMap(value) ? Object.entries(value) : [];
  if (given.length === 0 || given.some(([, one]) => typeof one !== "string")) return undefined;
  return given.map(([name, one]) => variable(name, String(one)));
};

const variable = (name: string, value: string) => ({ name, value, valueFrom: isPathLike(value) ? "event" : "string" });

/** False for a price of $5, or a dollar inside a text. */
const isPathLike = (text: string): boolean => /^\$(?:\.|\[)/.test(text.trim());
