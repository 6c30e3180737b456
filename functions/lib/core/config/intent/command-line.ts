// The command line of a task: `cmd`, then `args`, and the programs that may read them.
import type { Path } from "../../yaml/path.ts";
import type { Task } from "../schema.ts";

export interface Word {
  readonly text: string;
  readonly path: Path;
}

export interface CommandLine {
  readonly words: readonly Word[];
  /** false: `args` go to the image's entrypoint, which is unknown here. */
  readonly hasCommand: boolean;
  /** Possible programs, without folders; with an unknown entrypoint, this includes the image's name. */
  readonly programs: readonly string[];
}

export const commandLineOf = ({ cmd = [], args = [], image }: Task, path: Path): CommandLine => {
  const words = [...wordsOf(cmd, [...path, "cmd"]), ...wordsOf(args, [...path, "args"])];
  const hasCommand = cmd.length > 0;
  const first = words.slice(0, 1).map(({ text }) => text);
  return { words, hasCommand, programs: [...first, ...(hasCommand ? [] : [imageName(image)])].map(baseName) };
};

const wordsOf = (texts: readonly string[], path: Path): Word[] =>
  texts.map((text, index) => ({ text, path: [...path, index] }));

/** `registry.example:5000/jqlang/jq:1.7` -> `registry.example:5000/jqlang/jq` */
const imageName = (image: string): string => image.replace(/@.*$/, "").replace(/:[^/:]*$/, "");

/** `C:\\bin\\bash.exe` -> `bash` */
export const baseName = (program: string): string =>
  (program.split(/[\\/]/).at(-1) ?? "").toLowerCase().replace(/\.exe$/, "");

/**
 * Whether an earlier word may pass this word to a shell. It is enough that a shell is named, even after `tini --`,
 * `kubectl exec pod --` or `docker run image`.
 */
export const isReadByShell = ({ words, hasCommand, programs }: CommandLine, index: number): boolean => {
  const before = words.slice(0, index);
  if (before.some(({ text }) => shells.has(baseName(text)))) return true;
  if (hasCommand) return false;
  const isScript = /\s/.test(words[0]?.text ?? "") && !words[0]?.text.startsWith("-");
  return isScript || before.some(({ text }) => /^-[a-z]*c$/.test(text)) || programs.some((name) => shells.has(name));
};

/** Includes programs that pass their arguments to a shell. */
const shells = new Set(
  "sh bash ash dash zsh ksh ksh93 mksh csh tcsh fish nu cmd powershell pwsh ssh sshpass su watch parallel entr".split(
    " ",
  ),
);

/** Shells whose `-c` takes one text, and passes later words as $0, $1, ... */
export const posixShells: ReadonlySet<string> = new Set("sh bash ash dash zsh ksh ksh93 mksh".split(" "));

/** Programs that take shell operators as ordinary arguments: separators, patterns, comparisons. */
export const signPrograms: ReadonlySet<string> = new Set(
  "grep egrep fgrep rg ag ack tr cut sort column paste join sed awk gawk mawk nawk jq gojq yq expr test [ dpkg tmux".split(
    " ",
  ),
);

/** Programs whose language may give `$NAME` a meaning. */
export const dollarPrograms: ReadonlySet<string> = new Set(
  `${[...signPrograms].join(" ")} perl ruby php node nodejs deno bun python python2 python3 lua groovy tclsh expect mongo mongosh envsubst
  gomplate make gmake terraform tofu`.split(/\s+/),
);
