// What a value of JES's chart becomes: lines and patches of an overlay, and notes for people.
import type { Tree } from "../config/yaml-tree.ts";
import type { Problem } from "../problem.ts";
import type { Values } from "./values.ts";

export type Part =
  | { readonly kind: "setting"; readonly name: string; readonly value: string }
  /** A folder of manifests/components. */
  | { readonly kind: "component"; readonly name: string }
  | { readonly kind: "patch"; readonly target: Target; readonly change: Readonly<Record<string, unknown>> }
  | ({ readonly kind: "note" } & Note)
  | { readonly kind: "problem"; readonly problem: Problem };

/** Which objects a patch is for. */
export interface Target {
  readonly apiVersion: string;
  readonly kind: string;
  /** A regular expression; not there: all of the kind. */
  readonly name?: string;
}

export interface Note {
  /** What somebody has to do; what behaves differently; what the overlay has no place for. */
  readonly section: "todo" | "changes" | "left-out";
  readonly text: string;
  /** Lines for a shell. */
  readonly commands?: readonly string[];
}

/** A value of the chart, with all below it. */
export interface Row {
  /** Names between dots. */
  readonly value: string;
  /** For people: what has its place now, or what to do instead. */
  readonly becomes: string;
  readonly make: (given: Given) => readonly Part[];
}

interface Given {
  /** As Helm would see it; undefined if there is none. */
  readonly value: Tree | undefined;
  /** Somebody set it to something else than the chart has. */
  readonly isChanged: boolean;
  readonly values: Values;
}

export const setting = (name: string, value: string): Part => ({ kind: "setting", name, value });
export const component = (name: string): Part => ({ kind: "component", name });
export const patch = (target: Target, change: Readonly<Record<string, unknown>>): Part => ({
  kind: "patch",
  target,
  change,
});
export const note = (section: Note["section"], text: string, commands?: readonly string[]): Part => ({
  kind: "note",
  section,
  text,
  ...(commands ? { commands } : {}),
});

/** A value that nothing here corresponds to: named when somebody changed it. */
export const leftOut = (value: string, becomes: string): Row => ({
  value,
  becomes,
  make: ({ isChanged }) => (isChanged ? [note("left-out", becomes)] : []),
});

/** A value that is a setting as it stands, if there is one. */
export const same = (value: string, name: string): Row => ({
  value,
  becomes: `\`${name}\``,
  make: ({ value: text }) => (typeof text === "string" && text !== "" ? [setting(name, text)] : []),
});
