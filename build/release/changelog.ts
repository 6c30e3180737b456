// CHANGELOG.md as sections: `## Unreleased`, `## 0.2.0 - unreleased` or `## 0.2.0 - 2026-11-29`, the newest first.

export interface Section {
  /** A version, or `Unreleased`. */
  readonly name: string;
  /** The day of the release, `unreleased`, or nothing. */
  readonly date?: string | undefined;
  readonly heading: string;
  readonly text: string;
}

const heading = /^## (\S+)(?: - (\S+))?$/;

export const sectionsOf = (changelog: string): readonly Section[] =>
  changelog
    .split(/^(?=## )/m)
    .slice(1)
    .flatMap((section) => {
      const [first = "", ...lines] = section.split("\n");
      const [, name, date] = heading.exec(first) ?? [];
      return name === undefined ? [] : [{ name, date, heading: first, text: lines.join("\n").trim() }];
    });

export const isReleased = ({ date }: Section): boolean => /^\d{4}-\d\d-\d\d$/.test(date ?? "");

/** @returns the section that the release of a version will date */
export const pendingSection = (changelog: string, version: string): Section | undefined => {
  const [first] = sectionsOf(changelog);
  const isPending = first !== undefined && !isReleased(first) && ["Unreleased", version].includes(first.name);
  return isPending && first.text !== "" ? first : undefined;
};

/** Gives the pending section its version and date, below an empty one for what comes next. */
export const dateSection = (changelog: string, { heading: pending }: Section, title: string): string =>
  changelog.replace(pending, () => `## Unreleased\n\n## ${title}`);
