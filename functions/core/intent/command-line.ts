// The command of a task as its program sees it: `cmd`, then `args`, and what is known of who reads them.
import type { Task } from "../config/schema.ts";
import type { Path } from "../config/yaml-tree.ts";

export interface Word {
  readonly text: string;
  readonly path: Path;
}

export interface CommandLine {
  readonly words: readonly Word[];
  /** false: `args` go to an entrypoint of the image that nobody here knows. */
  readonly hasCommand: boolean;
  /** Names without folders of what may be the program: with an unknown entrypoint also the image's name. */
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
 * Whether something before this word may give it to a shell. It is enough that a shell is named: behind `tini --`,
 * `kubectl exec pod --` or `docker run image`, too.
 */
export const isReadByShell = ({ words, hasCommand, programs }: CommandLine, index: number): boolean => {
  const before = words.slice(0, index);
  if (before.some(({ text }) => shells.has(baseName(text)))) return true;
  if (hasCommand) return false;
  const isScript = /\s/.test(words[0]?.text ?? "") && !words[0]?.text.startsWith("-");
  return isScript || before.some(({ text }) => /^-[a-z]*c$/.test(text)) || programs.some((name) => shells.has(name));
};

/** Those that put their arguments together for a shell are like one. */
const shells = new Set(
  "sh bash ash dash zsh ksh ksh93 mksh csh tcsh fish nu cmd powershell pwsh ssh sshpass su watch parallel entr".split(
    " ",
  ),
);

/** Shells of which `-c` takes one text, and gives the words after it as $0, $1, ... */
export const posixShells: ReadonlySet<string> = new Set("sh bash ash dash zsh ksh ksh93 mksh".split(" "));

/** Programs to which signs of a shell are ordinary arguments: separators, patterns, comparisons. */
export const signPrograms: ReadonlySet<string> = new Set(
  "grep egrep fgrep rg ag ack tr cut sort column paste join sed awk gawk mawk nawk jq gojq yq expr test [ dpkg tmux".split(
    " ",
  ),
);

/** Programs in whose language `$NAME` means something, or may. */
export const dollarPrograms: ReadonlySet<string> = new Set(
  `${[...signPrograms].join(" ")} perl ruby php node nodejs deno bun python python2 python3 lua groovy tclsh expect mongo mongosh envsubst
  gomplate make gmake terraform tofu`.split(/\s+/),
);
