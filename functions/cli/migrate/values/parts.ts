// Results of migrating a value of JES's chart: settings, components and patches of an overlay, and notes.
import { isRecord } from "../../../lib/core/json/exact-json.ts";
import type { Position, Problem } from "../../../lib/core/problem.ts";
import type { Tree } from "../../../lib/core/yaml/tree.ts";
import type { Values } from "./values.ts";

export type Part =
  | { readonly kind: "setting"; readonly name: string; readonly value: string }
  /** A folder of manifests/components. */
  | { readonly kind: "component"; readonly name: string }
  | { readonly kind: "patch"; readonly target: PatchTarget; readonly change: Change }
  | ({ readonly kind: "note" } & Note)
  | { readonly kind: "problem"; readonly problem: Problem };

/** A strategic merge patch. */
type Change = Readonly<Record<string, unknown>>;

/** Objects that a patch applies to. */
export interface PatchTarget {
  readonly apiVersion: string;
  readonly kind: string;
  /** A regular expression; if absent, all objects of the kind. */
  readonly name?: string;
}

export interface Note {
  /** Steps to do; differences in behaviour; values that the overlay cannot express. */
  readonly section: "todo" | "changes" | "left-out";
  readonly text: string;
  /** Lines for a shell. */
  readonly commands?: readonly string[];
}

/** A value of the chart, including everything below it. */
export interface Row {
  /** Path with dots. */
  readonly value: string;
  /** For people: its replacement, or what to do instead. */
  readonly becomes: string;
  readonly make: (given: Given) => readonly Part[];
}

interface Given {
  /** As in Helm; undefined if there is none. */
  readonly value: Tree | undefined;
  /** It differs from the chart's default. */
  readonly isChanged: boolean;
  readonly values: Values;
}

export const setting = (name: string, value: string): Part => ({ kind: "setting", name, value });
export const component = (name: string): Part => ({ kind: "component", name });
export const patch = (target: PatchTarget, change: Change): Part => ({ kind: "patch", target, change });
export const note = (section: Note["section"], text: string): Part => ({ kind: "note", section, text });

export const row = (value: string, becomes: string, make: Row["make"]): Row => ({ value, becomes, make });

/** A value without an equivalent: noted if it was changed. */
export const leftOut = (value: string, becomes: string): Row =>
  row(value, becomes, ({ isChanged }) => (isChanged ? [note("left-out", becomes)] : []));

/** A value that becomes a setting unchanged, if it is set. */
export const same = (value: string, name: string): Row =>
  row(value, `\`${name}\``, ({ value: text }) =>
    typeof text === "string" && text !== "" ? [setting(name, text)] : [],
  );

export const filled = (value: string, becomes: string, make: (map: object) => readonly Part[]): Row =>
  row(value, becomes, ({ value: map }) => (isRecord(map) && Object.keys(map).length > 0 ? make(map) : []));

export interface OverlayOptions {
  /** Namespace of the functions and their Jobs. */
  readonly namespace: string;
  readonly image: string;
  /** Path or URL of our manifests in the overlay. */
  readonly manifests: string;
  /** Folder of the overlay in commands. */
  readonly folder: string;
}

/** The value of the chart that it comes from. */
export interface Placed {
  /** Path with dots. */
  readonly from?: string;
  readonly at?: Position;
}

export type PlacedPart = Part & Placed;

export type PlacedNote = Note & Placed;
