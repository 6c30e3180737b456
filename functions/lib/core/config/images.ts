// Validates image references and matches them with the operator's list. `alpine` is docker.io/library/alpine:latest.
import { RE2JS } from "re2js";
import { mustBe } from "../yaml/scalars.ts";

/**
 * distribution/reference: [host[:port]/]path[:tag][@digest]. Uses JavaScript's engine, because RE2 takes 20 ms of a cold start to unroll
 * it. Only a host can also be read as a path, so nothing is tried more than twice.
 */
const component = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const host = "(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]+\\])(?::[0-9]+)?";
const reference = new RegExp(
  `^(?:${host}/)?${component}(?:/${component})*(?::\\w[\\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$`,
);

export const checkImage = mustBe((image) => image.length <= 1024 && reference.test(image), {
  code: "bad-image",
  what: "a valid container image",
  fix: "Write, for example, alpine, alpine:3.20 or ghcr.io/me/tool@sha256:….",
});

/**
 * @param allowed globs: `*` matches anything except `/`, `**` anything, `?` one character except `/`; an empty list allows every image
 */
export const isImageAllowed = (image: string, allowed: readonly string[]): boolean => {
  if (allowed.length === 0) return true;
  const spellings = spellingsOf(image);
  return allowed.some((glob) => {
    const pattern = RE2JS.compile(`^${patternOf(withTag(glob))}$`);
    return spellings.some((spelling) => pattern.matcher(spelling).find());
  });
};

/** All spellings of the same image. */
const spellingsOf = (image: string): string[] => {
  const [name, version] = splitVersion(image);
  return namesOf(name).flatMap((spelling) => versionsOf(version).map((suffix) => spelling + suffix));
};

const splitVersion = (image: string): [name: string, version: string] => {
  const path = image.lastIndexOf("/") + 1;
  const end = image.slice(path).search(/[:@]/);
  return end < 0 ? [image, ""] : [image.slice(0, path + end), image.slice(path + end)];
};

const hubHosts = ["docker.io/", "index.docker.io/"];

const namesOf = (name: string): string[] => {
  const hubHost = hubHosts.find((candidate) => name.startsWith(candidate));
  const path = hubHost ? name.slice(hubHost.length) : name;
  const [first = "", ...more] = path.split("/");
  if (!hubHost && more.length > 0 && /[.:]|^localhost$/.test(first)) return [name];
  const official = path.replace(/^library\/(?=[^/]+$)/, "");
  const paths = official.includes("/") ? [official] : [official, `library/${official}`];
  return paths.flatMap((spelling) => [spelling, ...hubHosts.map((candidate) => candidate + spelling)]);
};

/** A digest counts as a version: `image:*` allows it, `image:1.*` does not. */
const versionsOf = (version: string): string[] => {
  if (version === "") return [":latest"];
  return version.startsWith("@") ? [version, `:${version}`] : [version];
};

/** A glob without a tag means `latest`, as for images. */
const withTag = (glob: string): string =>
  /[:@]|[*?]$/.test(glob.slice(glob.lastIndexOf("/") + 1)) ? glob : `${glob}:latest`;

const patternOf = (glob: string): string =>
  glob.replace(/\*\*|[*?]|[^*?]+/g, (part) => (globs as Record<string, string>)[part] ?? RE2JS.quote(part));

const globs = { "**": ".*", "*": "[^/]*", "?": "[^/]" } as const;
