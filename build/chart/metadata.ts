// Chart.yaml and README.md, of package.json and of what Artifact Hub shows of this project.
import { readFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import manifest from "../../package.json" with { type: "json" };

const folder = "docs/artifacthub/keptn";

const hub = parse(readFileSync(`${folder}/artifacthub-pkg.yml`, "utf8"));

export const emitMetadata = (): string => {
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

export const emitReadme = (): string => `${hub.readme}
## Install

Needed are Kubernetes 1.31 or newer, Knative Serving and Eventing, and the image in a registry:

\`\`\`sh
helm install job-executor CHART --namespace keptn-jes --create-namespace --set image=REGISTRY/${manifest.name}:${manifest.version}
\`\`\`

Helm then prints the next steps. \`helm show values CHART\` explains every value.
`;
