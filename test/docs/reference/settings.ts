// docs/reference/settings.md: every setting, from its one definition.
import { readFileSync } from "node:fs";
import type { Setting } from "../../../functions/lib/core/settings/setting-types.ts";
import { settingsTable } from "../../../functions/lib/core/settings/settings.ts";
import { anchorOf, code, fence, renderHead, renderTable, words } from "./markdown.ts";

export const renderSettings = (): string => {
  const settings = Object.entries(settingsTable).map(([name, setting]) => describe(name, setting));
  const long = settings.filter(({ fallback }) => isLong(fallback));
  return [
    renderHead("Settings", "functions/lib/core/settings/settings.ts and manifests/base/settings.env"),
    introduction,
    renderTable(["setting", "what it may be", "default", "what it means"], settings.map(renderSetting)),
    "\n## Long defaults\n",
    ...long.flatMap(({ name, fallback }) => [`### ${name}\n`, fence("json", indent(fallback)), ""]),
  ].join("\n");
};

const introduction = `Settings are variables of the environment. In a cluster they are lines of the ConfigMap \`job-executor-settings\`, which an overlay
changes (\`configMapGenerator\`, \`behavior: merge\`); \`job-executor plan --settings FILE\` takes the same lines from a file. An empty value counts
as not given. A program with an invalid setting exits at startup with an error message.

Lists are separated by commas. What is marked with * is no line of the ConfigMap: it comes from a Secret, or the program's surroundings set it.
`;

interface Described {
  readonly name: string;
  readonly kind: string;
  readonly fallback: string;
  readonly meaning: string;
}

const describe = (name: string, { kind, fallback, description }: Setting<unknown>): Described => ({
  ...{ name, kind, fallback: write(fallback), meaning: words(description) + inManifests(name) },
});

const renderSetting = ({ name, kind, fallback, meaning }: Described): string[] => [
  code(name) + (name in lines ? "" : " \\*"),
  kind,
  isLong(fallback) ? `[below](#${anchorOf(name)})` : code(fallback),
  meaning,
];

const isLong = (fallback: string): boolean => fallback.length > 60;

const indent = (json: string): string => JSON.stringify(JSON.parse(json), undefined, 2);

const write = (value: unknown): string => {
  if (Array.isArray(value)) return value.join(",");
  if (typeof value !== "object" || value === null) return String(value ?? "");
  return Object.keys(value).length > 0 ? JSON.stringify(value) : "";
};

const lines: Readonly<Record<string, string>> = Object.fromEntries(
  readFileSync("manifests/base/settings.env", "utf8")
    .split("\n")
    .flatMap((line) => {
      const [, name = "", value = ""] = /^([A-Z_0-9]+)=(.*)$/.exec(line) ?? [];
      return name ? [[name, value]] : [];
    }),
);

const inManifests = (name: string): string => (lines[name] ? ` In manifests/: ${code(lines[name])}.` : "");
