// docs/reference/licences.md: every package that our programs may have in them, with its licence, from the lock file.
import { readFileSync } from "node:fs";
import { type LockedPackage, lockedPackages } from "../../supply/lock-file.ts";
import { renderHead, renderTable } from "./markdown.ts";

export const renderLicences = (): string => {
  const packages = lockedPackages()
    .filter(({ forDevelopment }) => !forDevelopment)
    .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.folder < b.folder ? -1 : 1));
  const rows = new Map(packages.map((one) => [`${one.name} ${one.version}`, [one.name, one.version, licenceOf(one)]]));
  const sums = [...Map.groupBy(rows.values(), ([, , licence]) => licence ?? "")]
    .map(([licence, all]) => `${licence} (${all.length})`)
    .toSorted();
  return [
    renderHead("Licences", "package-lock.json"),
    `${rows.size} packages are installed for what we ship: ${sums.join(", ")}.`,
    "The bundles leave most of them out; the texts of those that are in one are beside it, in `*.LEGAL.txt`.\n",
    `${renderTable(["package", "version", "licence"], [...rows.values()])}\n`,
  ].join("\n");
};

/** Old packages say it in another form, which the lock file does not know. */
const licenceOf = ({ folder, licence }: LockedPackage): string => {
  if (licence) return licence;
  const { licenses } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8")) as {
    licenses?: readonly { readonly type: string }[];
  };
  return licenses?.map(({ type }) => type).join(" OR ") ?? "unknown";
};
