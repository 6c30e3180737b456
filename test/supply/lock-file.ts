// What package-lock.json says of each package.
import { readFileSync } from "node:fs";

export interface LockedPackage {
  /** `node_modules/a/node_modules/b` */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly licence?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly hasInstallScript: boolean;
  readonly forDevelopment: boolean;
}

interface Entry {
  readonly version: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: true;
  readonly dev?: true;
}

export const lockedPackages = (): readonly LockedPackage[] => {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as { packages: Record<string, Entry> };
  return Object.entries(packages).flatMap(([folder, { license, dev, hasInstallScript, ...entry }]): LockedPackage[] =>
    folder === "" // ourselves
      ? []
      : [
          {
            ...{ ...entry, folder, name: folder.replace(/^.*node_modules\//, "") },
            ...{ hasInstallScript: hasInstallScript === true, forDevelopment: dev === true },
            ...(license ? { licence: license } : {}),
          },
        ],
  );
};
