// JES's list of allowed images: globs over the text of an image, in which `*` is anything at all.
import { note, type Part, setting } from "./parts.ts";

export const translateImages = (list: string): Part[] => {
  const entries = list.split(",").filter((entry) => entry.trim() !== "");
  if (entries.length === 0) return [];
  if (entries.includes("*")) {
    return [note("changes", "`*` allowed every image; so does no list at all.")];
  }
  const odd = entries.filter((entry) => /[[\]{}\\]/.test(entry));
  return [
    setting("ALLOWED_IMAGE_LIST", entries.map(translateEntry).join(",")),
    note("changes", spellings),
    ...(odd.length > 0 ? [note("todo", `Write out what [ ], { } and \\ stand for in ${odd.join(", ")}.`)] : []),
  ];
};

const spellings =
  "An image is allowed in all its spellings (alpine is docker.io/library/alpine:latest), and blanks in the list mean nothing; JES compared letter by letter. `*` has become `**`, because `*` ends at a / here.";

/** A tag has no slash: in it, `*` stays. */
const translateEntry = (entry: string): string => {
  const [, name = "", tag = ""] = /^(.*?)(:[^/]*)?$/.exec(entry.trim()) ?? [];
  return name.replaceAll(/\*+/g, "**") + tag;
};
