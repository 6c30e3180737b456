// Warnings about event names that match no event type of Keptn.
import type { Path } from "../../yaml/path.ts";
import { quote } from "../../yaml/scalars.ts";
import { editsBetween } from "../nearest.ts";
import type { Warning } from "../warning.ts";

/** `why` ends a sentence. */
interface Flaw {
  readonly why: string;
  readonly fix: string;
}

export const impossibleName = (name: string, path: Path): Warning[] => {
  const flaw = flawOf(name);
  if (!flaw) return [];
  const message = `The event name ${quote(name)} matches no Keptn event: ${flaw.why}.`;
  return [{ code: "impossible-event-name", message, fix: flaw.fix, path }];
};

const flawOf = (name: string): Flaw | undefined => {
  const pieces = literalPieces(name);
  if (!pieces) return undefined;
  return flawOfSigns(name, pieces.join("")) ?? flawOfCase(name, pieces) ?? flawOfWords(name, pieces);
};

/** @returns texts that a matching type must contain; undefined for a pattern that is too complex */
const literalPieces = (pattern: string): readonly string[] | undefined => {
  if (/[()[\]{}|]|\\[^.\-_/]/.test(pattern)) return undefined;
  return pattern
    .replace(/^\^/, "")
    .replace(/\$$/, "")
    .split(/(?:\\.|[^\\])[*+?]+/)
    .map((piece) => piece.replaceAll("\\", ""));
};

const flawOfSigns = (name: string, literal: string): Flaw | undefined => {
  if (literal.includes(">"))
    return { why: "`>` is a NATS wildcard, but event names are RE2 patterns", fix: "Write `.*`." };
  if (/\s/.test(literal.trim()) || literal.includes(",")) {
    const each = name.split(/[\s,]+/).filter((one) => one !== "");
    if (!each.every((one) => /\w\.\w/.test(one)))
      return { why: "it contains a space or a comma", fix: `Write ${quote(each.join(""))}.` };
    return {
      why: "it contains more than one name",
      fix: `Add one entry to \`events\` for each: ${each.map(quote).join(", ")}.`,
    };
  }
  if (literal !== literal.trim()) return { why: "it begins or ends with a space", fix: `Write ${quote(name.trim())}.` };
  if (!literal.includes("/")) return undefined;
  return {
    why: "it contains a slash",
    fix: `Separate the parts of a type with dots: ${quote(name.replaceAll("/", "."))}.`,
  };
};

const fixed = ["sh", "keptn", "event", "events", "log", "status"];
/** GU20/lib/v0_2_0 (go-utils), events.go. */
const kinds = ["triggered", "started", "finished", "changed", "invalidated"];
/** Tasks of Keptn's own services. Other tasks can have any name, including capitals. */
const tasks = ["deployment", "test", "evaluation", "release", "approval", "rollback", "action", "get-sli", "problem"];

const flawOfCase = (name: string, pieces: readonly string[]): Flaw | undefined => {
  const known = new Set([...fixed, ...kinds, ...tasks]);
  const parts = pieces.flatMap((piece) => piece.split("."));
  const capital = parts.filter((part) => part !== part.toLowerCase() && known.has(part.toLowerCase()));
  if (capital.length === 0) return undefined;
  const meant = capital.reduce((text, part) => text.replace(part, part.toLowerCase()), name);
  return {
    why: `Keptn writes ${capital.map((part) => quote(part.toLowerCase())).join(", ")} in lowercase`,
    fix: didYouMean(meant),
  };
};

const flawOfWords = (name: string, pieces: readonly string[]): Flaw | undefined => {
  const [sh, keptn = "", event = "", next] = (pieces[0] ?? "").split(".");
  const isWhole = sh === "sh" && pieces.length > 0;
  const slips = [
    ...(isWhole && pieces[0]?.includes(".") ? [slipOf(keptn, ["keptn"], event !== "")] : []),
    ...(isWhole && next !== undefined && !(event === "events" && "problem".startsWith(next))
      ? [slipOf(event, ["event"], true)]
      : []),
    slipOf((pieces.at(-1) ?? "").split(".").slice(1).at(-1) ?? "", kinds, name.endsWith("$")),
  ];
  const slip = slips.find((one) => one !== undefined);
  if (!slip) return undefined;
  const at = name.lastIndexOf(slip.word);
  const meant = `${name.slice(0, at)}${slip.meant}${name.slice(at + slip.word.length)}`;
  return { why: `no event type has ${quote(slip.word)} in that place`, fix: didYouMean(meant) };
};

/** @param isWhole the word is complete; otherwise a prefix is enough to match */
const slipOf = (word: string, known: readonly string[], isWhole: boolean) => {
  if (word === "" || known.includes(word)) return undefined;
  const begun = known.find((one) => one.startsWith(word));
  if (begun) return isWhole && word.length >= 4 ? { word, meant: begun } : undefined;
  const meant = known.find((one) => editsBetween(word, one) === 1 && word.slice(0, -1) !== one.slice(0, -1)); // `starter`
  return meant === undefined ? undefined : { word, meant };
};

const didYouMean = (name: string): string => `Did you mean ${name}?`;
