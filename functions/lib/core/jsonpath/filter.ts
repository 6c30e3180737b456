// JSONPath filters such as `?(@.name == "a" && @.size > 2)`. They read own properties only and call nothing.
import { compareNumbers, type ExactNumber, exactly, isExactNumber, isStructure } from "../json/exact-json.ts";

interface FilterScope {
  /** `@`: the current entry. */
  readonly current: unknown;
  /** `$`: the whole document. */
  readonly root: unknown;
}

export type Filter = (scope: FilterScope) => unknown;

const maxLength = 200;

/** @returns undefined for anything else: calls, assignments, regular expressions, and broken text */
export const parseFilter = (text: string): Filter | undefined => {
  const tokens = text.length > maxLength ? undefined : tokenize(text);
  if (!tokens) return undefined;
  const rest = [...tokens];
  const expression = parseBinary(rest, 0);
  return rest.length === 0 ? expression : undefined;
};

export const isTrue = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== false && value !== 0 && value !== "";

const token =
  /\s*(?:(\d+(?:\.\d+)?)|("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|([A-Za-z_][\w-]*)|(===?|!==?|<=|>=|&&|\|\||[@$.[\]()!<>]|-(?=\d)))/y;

interface Token {
  readonly kind: "number" | "text" | "name" | "sign";
  readonly text: string;
}

const kinds = ["number", "text", "name", "sign"] as const;

const tokenize = (text: string): Token[] | undefined => {
  const tokens: Token[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.trimEnd().length) {
    const found = token.exec(text);
    if (!found) return undefined;
    const index = kinds.findIndex((_, kind) => found[kind + 1] !== undefined);
    tokens.push({ kind: kinds[index]!, text: found[index + 1]! });
  }
  return tokens;
};

const levels: readonly (readonly string[])[] = [["||"], ["&&"], ["==", "===", "!=", "!=="], ["<", "<=", ">", ">="]];

const parseBinary = (tokens: Token[], level: number): Filter | undefined => {
  const operators = levels[level];
  if (!operators) return parseUnary(tokens);
  let left = parseBinary(tokens, level + 1);
  while (left && tokens[0]?.kind === "sign" && operators.includes(tokens[0].text)) {
    const operator = tokens.shift()!.text;
    const right = parseBinary(tokens, level + 1);
    if (!right) return undefined;
    left = binary(operator, left, right);
  }
  return left;
};

const binary = (operator: string, left: Filter, right: Filter): Filter => {
  if (operator === "||") return (scope) => isTrue(left(scope)) || isTrue(right(scope));
  if (operator === "&&") return (scope) => isTrue(left(scope)) && isTrue(right(scope));
  if (operator.startsWith("=")) return (scope) => isSame(left(scope), right(scope));
  if (operator.startsWith("!")) return (scope) => isOther(left(scope), right(scope));
  return (scope) => isOrdered(operator, left(scope), right(scope));
};

/** As for `match`: a number or boolean equals its text. */
const isSame = (left: unknown, right: unknown): boolean =>
  left === right || (isScalar(left) && isScalar(right) && textOf(left) === textOf(right));

/** As in JES, a comparison never selects an entry without that member. */
const isOther = (left: unknown, right: unknown): boolean =>
  left !== undefined && right !== undefined && !isSame(left, right);

type ScalarValue = string | number | boolean | ExactNumber;

/** Neither a list nor a map nor null. */
export const isScalar = (value: unknown): value is ScalarValue =>
  ["string", "number", "boolean"].includes(typeof value) || isExactNumber(value);

/** Text stays as it is; numbers, true and false are written as in JSON. */
export const textOf = (value: ScalarValue): string => (isExactNumber(value) ? value.rawJSON : String(value));

const isOrdered = (operator: string, left: unknown, right: unknown): boolean => {
  if (!isNumeric(left) || !isNumeric(right)) return false;
  const order = compareNumbers(textOf(left), textOf(right));
  if (operator === "<") return order < 0;
  if (operator === "<=") return order <= 0;
  return operator === ">" ? order > 0 : order >= 0;
};

const isNumeric = (value: unknown): value is string | number | ExactNumber =>
  typeof value === "number" || isExactNumber(value) || (typeof value === "string" && value.trim() !== "");

const parseUnary = (tokens: Token[]): Filter | undefined => {
  const first = tokens.shift();
  if (first?.kind === "number") return constant(numberOf(first.text));
  if (first?.kind === "text") return constant(unquote(first.text));
  if (first?.kind === "name") return words.has(first.text) ? constant(words.get(first.text)) : undefined;
  if (first?.text === "-") return constant(numberOf(`-${tokens.shift()?.text}`));
  if (first?.text === "@") return parseMembers(tokens, ({ current }) => current);
  if (first?.text === "$") return parseMembers(tokens, ({ root }) => root);
  if (first?.text !== "!" && first?.text !== "(") return undefined;
  const inner = first.text === "!" ? parseUnary(tokens) : parseBinary(tokens, 0);
  if (!inner || (first.text === "(" && tokens.shift()?.text !== ")")) return undefined;
  return first.text === "!" ? (scope) => !isTrue(inner(scope)) : inner;
};

/** JSON has no leading zeros. */
const numberOf = (text: string): number | ExactNumber => exactly(text.replace(/^(-?)0+(?=\d)/, "$1"));

const words = new Map<string, unknown>([
  ["true", true],
  ["false", false],
  ["null", null],
]);

const constant =
  (value: unknown): Filter =>
  () =>
    value;

export const unquote = (quoted: string): string => quoted.slice(1, -1).replace(/\\(.)/g, "$1");

const parseMembers = (tokens: Token[], object: Filter): Filter | undefined => {
  const sign = tokens[0]?.kind === "sign" ? tokens[0].text : "";
  if (sign !== "." && sign !== "[") return object;
  tokens.shift();
  const key = tokens.shift();
  const name = sign === "." ? nameOf(key, ["name"]) : nameOf(key, ["text", "number"]);
  if (name === undefined || (sign === "[" && tokens.shift()?.text !== "]")) return undefined;
  return parseMembers(tokens, (scope) => ownValue(object(scope), name));
};

const nameOf = (key: Token | undefined, allowed: readonly Token["kind"][]): string | undefined => {
  if (!key || !allowed.includes(key.kind)) return undefined;
  return key.kind === "text" ? unquote(key.text) : key.text;
};

/** Never reaches a prototype. */
const ownValue = (object: unknown, name: string): unknown =>
  isStructure(object) && Object.hasOwn(object, name) ? (object as Record<string, unknown>)[name] : undefined;
