// Chart.yaml, of package.json and of what Artifact Hub shows of this project.
import { readFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import manifest from "../../package.json" with { type: "json" };

const folder = "docs/artifacthub";

export const emitMetadata = (): string => {
  const hub = parse(readFileSync(`${folder}/artifacthub-pkg.yml`, "utf8"));
  const logo = readFileSync(`${folder}/${hub.logoPath}`).toString("base64");
  return stringify({
    apiVersion: "v2",
    name: manifest.name,
    type: "application",
    version: manifest.version,
    appVersion: manifest.version,
    description: hub.description,
    // The namespaces' Pod Security labels and the manifests are tested from this version on.
    kubeVersion: ">=1.31.0-0",
    keywords: hub.keywords,
    icon: `data:image/svg+xml;base64,${logo}`,
    annotations: {
      "artifacthub.io/category": hub.category,
      "artifacthub.io/license": manifest.license,
      "artifacthub.io/prerelease": String(manifest.version.startsWith("0.")),
    },
  });
};
