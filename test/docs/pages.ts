// The pages that people read: their headings, their links, and the commands in them.
import { globSync, readFileSync } from "node:fs";
import { anchorOf } from "./reference/markdown.ts";

export interface Page {
  readonly file: string;
  readonly anchors: ReadonlySet<string>;
  readonly links: readonly Located[];
  /** Files and folders of this project, as they stand in code spans. */
  readonly paths: readonly Located[];
  /** Whole commands, continued lines joined, comments left out. */
  readonly commands: readonly Located[];
}

export interface Located {
  readonly text: string;
  readonly line: number;
}

export const pages = (): readonly Page[] =>
  globSync(["*.md", ".github/**/*.md", "docs/**/*.md"]).map((file) => readPage(file, readFileSync(file, "utf8")));

export interface Block {
  /** As the fence names it. */
  readonly language: string;
  readonly text: string;
}

/** Fenced blocks that name their language. */
export const blocksOf = (text: string): readonly Block[] =>
  [...text.matchAll(/^```([\w-]+)\n(.*?)^```$/gms)].map(([, language = "", block = ""]) => ({ language, text: block }));

interface Line extends Located {
  /** The language of the fenced block that it is in; "indented" in a block without fences. */
  readonly block: string | undefined;
}

export const readPage = (file: string, text: string): Page => {
  const lines = linesOf(text);
  const prose = lines.filter(({ block }) => block === undefined);
  return {
    file,
    anchors: anchorsOf(prose),
    links: prose.flatMap(linksIn),
    paths: prose.flatMap(pathsIn),
    commands: joinContinued(lines.flatMap(commandIn)),
  };
};

const linesOf = (text: string): Line[] => {
  let fence: { readonly sign: string; readonly language: string } | undefined;
  return text.split("\n").flatMap((line, index): Line[] => {
    const [, sign, language = ""] = /^\s*(```+|~~~+)\s*([\w-]*)/.exec(line) ?? [];
    if (sign !== undefined && (!fence || fence.sign === sign)) {
      fence = fence ? undefined : { sign, language };
      return [];
    }
    return [
      { text: line, line: index + 1, block: fence?.language ?? (line.startsWith("    ") ? "indented" : undefined) },
    ];
  });
};

const anchorsOf = (prose: readonly Line[]): Set<string> => {
  const anchors = new Set<string>();
  for (const { text } of prose) {
    const [, heading] = /^#{1,6}\s+(.*?)\s*#*$/.exec(text) ?? [];
    if (heading === undefined) continue;
    const anchor = anchorOf(heading);
    // A heading that comes again gets a number.
    const free = [anchor, ...Array.from({ length: 99 }, (_, again) => `${anchor}-${again + 1}`)];
    anchors.add(free.find((one) => !anchors.has(one)) ?? anchor);
  }
  return anchors;
};

const linksIn = ({ text, line }: Line): Located[] =>
  [...text.replaceAll(/`[^`]*`/g, "``").matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)|^\[[^\]]+\]:\s+(\S+)/g)].map(
    ([, inline, defined]) => ({ text: inline ?? defined ?? "", line }),
  );

const pathsIn = ({ text, line }: Line): Located[] =>
  [...text.matchAll(/`((?:functions|test|manifests|build|docs|\.github|\.ci)\/[\w./-]*)`/g)].map(([, path = ""]) => ({
    text: path,
    line,
  }));

/** Without fences, only what begins like a command of ours is one. */
const commandIn = ({ text, line, block }: Line): Located[] => {
  const isShell = ["sh", "bash", "shell"].includes(block ?? "");
  const isPrompt = block === "console" && text.startsWith("$ ");
  const isOurs = block === "indented" && /^\s+(\$ )?(npx )?job-executor /.test(text);
  if (!isShell && !isPrompt && !isOurs) return [];
  const command = text
    .trim()
    .replace(/^\$ /, "")
    .replace(/(^|\s)#.*$/, "")
    .trim();
  return command === "" ? [] : [{ text: command, line }];
};

const joinContinued = (commands: readonly Located[]): Located[] => {
  const joined: Located[] = [];
  for (const { text, line } of commands) {
    const last = joined.at(-1);
    const isContinued = last !== undefined && /(\\|\||&&)$/.test(last.text);
    if (isContinued) joined.pop();
    joined.push(isContinued ? { text: `${last.text.replace(/\\$/, "")} ${text}`, line: last.line } : { text, line });
  }
  return joined;
};
