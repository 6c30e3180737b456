// Translates JES's list of allowed images: globs over the image's text, where `*` matches anything.
import { note, type Part, setting } from "./parts.ts";

export const translateImages = (list: string): Part[] => {
  const entries = list.split(",").filter((entry) => entry.trim() !== "");
  if (entries.length === 0) return [];
  if (entries.includes("*")) {
    return [note("changes", "`*` allowed every image, and so does an empty list.")];
  }
  const odd = entries.filter((entry) => /[[\]{}\\]/.test(entry));
  return [
    setting("ALLOWED_IMAGE_LIST", entries.map(translateEntry).join(",")),
    note("changes", spellings),
    ...(odd.length > 0 ? [note("todo", `Replace [ ], { } and \\ in ${odd.join(", ")} with explicit entries.`)] : []),
  ];
};

const spellings =
  "An image is allowed in all its spellings (alpine is docker.io/library/alpine:latest), and spaces in the list are ignored; JES compared the exact text. `*` became `**`, because `*` does not match / here.";

/** Tags have no slash, so `*` stays in them. */
const translateEntry = (entry: string): string => {
  const [, name = "", tag = ""] = /^(.*?)(:[^/]*)?$/.exec(entry.trim()) ?? [];
  return name.replaceAll(/\*+/g, "**") + tag;
};
