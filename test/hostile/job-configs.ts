// Job configs made to take time, memory or more than their author may have; and what becomes of an event that finds one.
import type { Json } from "../doubles/keptn/merge.ts";
import { breakingOutOf, reachingFor } from "./reaching-configs.ts";
import { type } from "./world.ts";

export interface HostileConfig {
  readonly what: string;
  readonly config: string;
  readonly event?: { readonly type?: string; readonly data?: Json; readonly labels?: Readonly<Record<string, string>> };
  /** `errored`: Keptn is answered with it. `logged`: its error log has it, since nobody knows whether the event was meant. */
  readonly ends: "errored" | "logged" | "ignored" | "runs";
  readonly says?: RegExp;
}

const action = (task: string, more = ""): string =>
  `apiVersion: v2\nactions:\n  - {name: a, events: [{name: ^${type}$${more}}], tasks: [${task}]}\n`;
const task = (fields: string): string => action(`{name: t, image: alpine, ${fields}}`);
const env = (path: string): string => task(`env: [{name: X, valueFrom: event, value: '${path}'}]`);
const onPattern = (name: string): string =>
  `apiVersion: v2\nactions:\n  - {name: a, events: [{name: '${name}'}], tasks: [{name: t, image: alpine}]}\n`;
const many = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => make(index)).join(", ");

const letters = [..."abcdefghijklmnop"];
const laughs = letters.map((name, i) => `${name}: &${name} [${i === 0 ? "lol" : many(9, () => `*${letters[i - 1]}`)}]`);
const mega = 1_000_000;

const bombs: readonly HostileConfig[] = [
  { what: "a billion laughs", config: `${laughs.join("\n")}\napiVersion: v2\n`, ends: "logged", says: /alias-bomb/ },
  {
    what: "merges that double",
    config: `a: &a0 {x: y}\n${Array.from({ length: 40 }, (_, i) => `b${i}: &a${i + 1} {<<: [*a${i}, *a${i}]}\n`).join("")}`,
    ends: "logged",
    says: /too-deep/,
  },
  { what: "an anchor in itself", config: "a: &a [*a]\n", ends: "logged", says: /alias-cycle/ },
  { what: "a million opening brackets", config: "[".repeat(mega), ends: "logged", says: /too-deep/ },
  { what: "500000 dashes", config: "- ".repeat(mega / 2), ends: "logged", says: /too-deep/ },
  { what: "a million quotes", config: '"'.repeat(mega), ends: "logged" },
  { what: "250000 documents", config: "---\n".repeat(mega / 4), ends: "logged" },
  { what: "10 MB", config: `a: ${"x".repeat(10 * mega)}`, ends: "logged", says: /more than 2097152 bytes/ },
  { what: "1.2 MB", config: `a: ${"x".repeat(1.2 * mega)}`, ends: "logged", says: /document-too-large/ },
  { what: "20 MB", config: `a: ${"x".repeat(20 * mega)}`, ends: "logged" },
  { what: "100000 keys", config: many(90_000, (i) => `"k${i}": v\n`).replaceAll(", ", ""), ends: "logged" },
  { what: "a tag that would make an object", config: "!!js/function 'process.exit()'\n", ends: "logged" },
  { what: "NULs", config: "\u0000".repeat(1000), ends: "logged" },
  {
    what: "names of prototypes",
    config: "__proto__: {polluted: yes}\nconstructor: {prototype: {polluted: yes}}\n",
    ends: "logged",
  },
  { what: "a prototype for a task", config: task("__proto__: {image: evil}"), ends: "errored", says: /unknown-key/ },
];

const long = `sh.keptn.event.${"a".repeat(900)}.triggered`;
const patterns: readonly HostileConfig[] = [
  ...["(a+)+$", "^(.*a){25}$", "(a|a)*b", "(.*)*x", "^sh(.|.)*$x"].map(
    (name): HostileConfig => ({
      what: `the pattern ${name}`,
      config: onPattern(name),
      event: { type: long },
      ends: "ignored",
    }),
  ),
  ...["((a{30}){30}){30}", "a{1000}", "\\p{L}\\p{N}\\p{S}", "(".repeat(200), "(?=a)", "x".repeat(5000)].map(
    (name): HostileConfig => ({
      what: `the pattern ${name.slice(0, 20)}`,
      config: onPattern(name),
      ends: "logged",
      says: /bad-pattern/,
    }),
  ),
];

const code = [
  "$.data[?(process.exit(1))]",
  '$.data[?(@.constructor.constructor("process.exit(1)")())]',
  "$..[?(`${process.exit(1)}`)]",
  "$.data[(process.exit(1))]",
  "$[?(@ && (() => process.exit(1))())]",
  "$.data[?(@.a.b.c.d.match(/(a+)+$/))]",
];
const paths: readonly HostileConfig[] = [
  ...code.map(
    (path): HostileConfig => ({ what: `the path ${path}`, config: env(path), ends: "errored", says: /bad-jsonpath/ }),
  ),
  ...code.slice(0, 2).map(
    (path): HostileConfig => ({
      what: `the filter ${path}`,
      config: action("{name: t, image: alpine}", `, jsonpath: {property: '${path}', match: x}`),
      ends: "errored",
      says: /bad-jsonpath/,
    }),
  ),
  ...["$.constructor", "$.data.__proto__", "$.data.toString", "$.data.polluted", "$..polluted"].map(
    (path): HostileConfig => ({
      what: `the path ${path}`,
      config: env(path),
      ends: path.startsWith("$..") ? "runs" : "errored",
      ...(path.startsWith("$..") ? {} : { says: /missing-event-value/ }),
    }),
  ),
  {
    what: "paths that look everywhere in a large event",
    config: task(`env: [${many(200, (i) => `{name: X${i}, valueFrom: event, value: '$..a..b[?(@.c)]'}`)}]`),
    event: { data: { large: Array.from({ length: 20_000 }, () => ({ a: { b: 1 } })) } },
    ends: "errored",
  },
];

const resources = (quantity: string): string =>
  task(`resources: {requests: {cpu: "${quantity}"}, limits: {cpu: "${quantity}", memory: "${quantity}"}}`);

const limits: readonly HostileConfig[] = [
  ...["-1", "0x10", "1Zi", "NaN"].map(
    (quantity): HostileConfig => ({
      what: `${quantity} for cpu`,
      config: resources(quantity),
      ends: "errored",
      says: /bad-quantity/,
    }),
  ),
  // What only the API server can say.
  ...["9e999", "1e-999", "99999999999999999999999Ei", "1".repeat(100_000)].map(
    (quantity): HostileConfig => ({
      what: `${quantity.slice(0, 30)} for cpu`,
      config: resources(quantity),
      ends: "runs",
    }),
  ),
  ...["maxPollDuration: 99999999999999999999", "maxPollDuration: -1", "maxPollDuration: 1e400"].map(
    (field): HostileConfig => ({ what: field, config: task(field), ends: "errored" }),
  ),
  ...[
    "namespace: ../kube-system",
    "namespace: kube-system",
    "serviceAccount: ../x",
    `serviceAccount: ${"a".repeat(300)}`,
  ].map((field): HostileConfig => ({ what: field.slice(0, 40), config: task(field), ends: "errored" })),
  ...[`/../../etc/passwd`, "../../../secret", "a/\u0000b", "x".repeat(5000)].map(
    (file): HostileConfig => ({
      what: `the file ${file.slice(0, 30)}`,
      config: task(`files: [${JSON.stringify(file)}]`),
      ends: "errored",
      says: file.includes("\0") ? /forbidden-character/ : /bad-file/,
    }),
  ),
  { what: "an image of 100 kB", config: task("").replace("alpine", "x".repeat(100_000)), ends: "errored" },
  { what: "a name of 100 kB", config: task("").replace("name: t", `name: ${"n".repeat(100_000)}`), ends: "runs" },
  {
    what: "a Secret of 300 characters",
    config: task(`env: [{name: ${"s".repeat(300)}, valueFrom: secret}]`),
    ends: "errored",
  },
  {
    what: "1001 tasks",
    config: action(many(1001, (i) => `{name: t${i}, image: alpine}`)),
    ends: "logged",
    says: /too-many-actions/,
  },
  { what: "60 tasks", config: action(many(60, (i) => `{name: t${i}, image: alpine}`)), ends: "runs" },
  {
    what: "annotations of 300 kB",
    config: task(`annotations: {a: "${"x".repeat(300_000)}"}`),
    ends: "errored",
    says: /annotations-too-large/,
  },
  {
    what: "variables of 1 MB",
    config: env("$.data.large"),
    event: { data: { large: "x".repeat(mega) } },
    ends: "errored",
    says: /env-too-long/,
  },
  {
    what: "500 tasks with 120 kB of the event each",
    config: action(
      many(
        500,
        (i) => `{name: t${i}, image: alpine, env: [{name: X, valueFrom: event, value: $.data.large, as: json}]}`,
      ),
    ),
    event: { data: { large: { x: "x".repeat(120_000) } } },
    ends: "errored",
    says: /jobs-too-large/,
  },
  {
    what: "a task with 400 times 120 kB of the event",
    config: task(`env: [${many(400, (i) => `{name: X${i}, valueFrom: event, value: $.data.large, as: json}`)}]`),
    event: { data: { large: { x: "x".repeat(120_000) } } },
    ends: "errored",
    says: /env-too-long/,
  },
  {
    what: "an event with 50000 labels",
    config: task(""),
    event: { labels: Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`l${i}`, "v"])) },
    ends: "errored",
    says: /annotations-too-large/,
  },
];

export const hostileConfigs: readonly HostileConfig[] = [
  ...[...bombs, ...patterns, ...paths, ...limits],
  ...[...reachingFor(task), ...breakingOutOf(task)],
];
