// Where files name our version. package.json is the source; a release changes all of them together.

/** Files that name the version. */
export const filesWithVersion: readonly string[] = [
  "README.md",
  "action.yml",
  "build/Containerfile",
  "build/chart/files/_problems.tpl",
  "docs/artifacthub/keptn/artifacthub-pkg.yml",
  "docs/artifacthub/kn/artifacthub-pkg.yml",
  "docs/asyncapi.yaml",
  "docs/install.md",
  "docs/job-config.md",
  "docs/migrate.md",
  "docs/reference/settings.md",
  "docs/releasing.md",
  "package-lock.json",
  "package.json",
];

/** What comes before our version. Versions of others, such as job-executor-service's, stay as they are. */
const before = [
  "job-executor-functions[:@-]v?", // image, GitHub Action, package file
  "refs/tags/v",
  "rev: v",
  "^ *(?:version|appVersion): ",
  "ARG VERSION=",
  "`K8S_DEPLOYMENT_VERSION` \\| text \\| `",
  '"name": "job-executor-functions",\\s+"version": "',
];

const namedVersion = new RegExp(`(?<=${before.join("|")})\\d+\\.\\d+\\.\\d+`, "gm");

export const versionsIn = (text: string): readonly string[] => text.match(namedVersion) ?? [];

export const setVersion = (text: string, version: string): string => text.replace(namedVersion, version);
