// Writes a node as a Helm template.
import { stringify } from "yaml";
import type { Node } from "./node.ts";

/** @returns lines of YAML with actions; an action of its own stands on a line of its own */
export const emitNode = (node: Node): string[] => {
  if (node.kind === "map") return Object.entries(node.entries).flatMap(([key, value]) => emitEntry(key, value));
  if (node.kind === "list") return node.items.flatMap(emitItem);
  if (node.kind === "choice") return choose(node, emitNode);
  return [emitScalar(node)];
};

export const emitIf = (when: string | undefined, lines: readonly string[]): string[] =>
  when === undefined ? [...lines] : [`{{- if ${when} }}`, ...lines, "{{- end }}"];

const emitEntry = (key: string, value: Node): string[] => {
  if (value.kind === "choice") return choose(value, (node) => emitEntry(key, node));
  if (value.kind === "entries") return [emitScalar(value)];
  const name = yaml(key);
  if (value.kind === "map" && Object.keys(value.entries).length === 0) return [`${name}: {}`];
  if (value.kind === "list" && value.items.length === 0) return [`${name}: []`];
  if (value.kind === "map" || value.kind === "list") return [`${name}:`, ...indent(emitNode(value))];
  if (value.kind === "scalar") return yaml({ [key]: value.value }).split("\n");
  return [`${name}: ${emitScalar(value)}`];
};

const emitItem = (item: Node): string[] => {
  if (item.kind === "choice") return choose(item, emitItem);
  if (item.kind === "entries") return [emitScalar(item)];
  const lines = emitNode(item);
  if (lines[0]?.startsWith("{{-")) return ["-", ...indent(lines)];
  return indent(lines).map((line, index) => (index === 0 ? line.replace("  ", "- ") : line));
};

const choose = ({ cases, otherwise }: Extract<Node, { kind: "choice" }>, emit: (node: Node) => string[]): string[] => {
  const [first, ...others] = cases;
  const lines = (node: Node | undefined) => (node ? emit(node) : []);
  // Without entries, nothing is inserted anyway.
  if (first?.node?.kind === "entries" && cases.length === 1 && !otherwise) return lines(first.node);
  if (first && !first.node && others.length === 0) return emitIf(`not (${first.when})`, lines(otherwise));
  return [
    ...cases.flatMap(({ when, node }, index) => [`{{- ${index === 0 ? "if" : "else if"} ${when} }}`, ...lines(node)]),
    ...(otherwise ? ["{{- else }}", ...emit(otherwise)] : []),
    "{{- end }}",
  ];
};

const emitScalar = (node: Node): string => {
  if (node.kind === "scalar") return yaml(node.value);
  if (node.kind === "expression") return `{{ ${node.text} | quote }}`;
  if (node.kind === "entries") return `{{- with ${node.text} }}{{ toYaml . | nindent 0 }}{{ end }}`;
  throw new Error(`not a scalar: ${node.kind}`);
};

const indent = (lines: readonly string[]): string[] => lines.map((line) => (line === "" ? "" : `  ${deeper(line)}`));

/** What an action inserts is indented with it. */
const deeper = (line: string): string =>
  line.replace(/(?<=^\s*\{\{- with .* nindent )\d+/, (width) => String(Number(width) + 2));

/** Helm reads YAML 1.1, where `on` is true. */
const yaml = (value: unknown): string => stringify(value, { version: "1.1", lineWidth: 0 }).trimEnd();
