// What a release changes, or why there can be none: a pure decision on what main.ts read.
import { dateSection, pendingSection } from "./changelog.ts";
import { setVersion } from "./named-version.ts";

export interface ReleaseFacts {
  /** As it was asked for. */
  readonly version: string;
  /** The version in package.json. */
  readonly current: string;
  /** `git status --porcelain` */
  readonly status: string;
  readonly tags: readonly string[];
  /** YYYY-MM-DD */
  readonly date: string;
  readonly changelog: string;
  /** Those that name the version, with their text. */
  readonly files: Readonly<Record<string, string>>;
}

export type ReleasePlan =
  | { readonly kind: "refuse"; readonly problems: readonly string[] }
  /** The files that change, with their new text. */
  | { readonly kind: "release"; readonly files: Readonly<Record<string, string>> };

export const planRelease = (facts: ReleaseFacts): ReleasePlan => {
  const problems = problemsOf(facts);
  const { version, date, changelog } = facts;
  const pending = pendingSection(changelog, version);
  if (problems.length > 0 || !pending) return { kind: "refuse", problems };
  const bumped = Object.entries(facts.files).map(([name, text]) => [name, text, setVersion(text, version)] as const);
  const changed = bumped.flatMap(([name, text, after]) => (after === text ? [] : [[name, after] as const]));
  const dated = dateSection(changelog, pending, `${version} - ${date}`);
  return { kind: "release", files: { ...Object.fromEntries(changed), "CHANGELOG.md": dated } };
};

const problemsOf = ({ version, current, status, tags, changelog }: ReleaseFacts): string[] => [
  ...(/^\d+\.\d+\.\d+$/.test(version) ? [] : [`"${version}" is not a version such as ${current}.`]),
  ...(isBefore(version, current) ? [`${version} comes before ${current}, the version in package.json.`] : []),
  ...(tags.includes(`v${version}`) ? [`The tag v${version} exists: ${version} is released.`] : []),
  ...(status === "" ? [] : [`Commit or stash these changes first:\n${status}`]),
  ...(pendingSection(changelog, version)
    ? []
    : [`CHANGELOG.md must begin with a section "Unreleased" or "${version} - unreleased" that says what changed.`]),
];

const isBefore = (version: string, current: string): boolean =>
  version.localeCompare(current, "en", { numeric: true }) < 0;
