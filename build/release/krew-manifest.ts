// The manifest of the kubectl plugin for Krew (https://krew.sigs.k8s.io/docs/developer-guide/plugin-manifest): it installs the npm package.
import { createHash } from "node:crypto";
import manifest from "../../package.json" with { type: "json" };

/** Of the plugin: `kubectl job-executor`. */
const pluginName = "job-executor";

/** Artifact Hub reads them (https://artifacthub.io/docs/topics/annotations/krew). */
const annotations = {
  "artifacthub.io/category": "integration-delivery",
  "artifacthub.io/displayName": pluginName,
  "artifacthub.io/keywords": manifest.keywords.map((word) => `- ${word}\n`).join(""),
  "artifacthub.io/license": manifest.license,
  "artifacthub.io/provider": manifest.name,
};

const description = `Lints and plans the job configs of Keptn's job-executor, runs them on your machine, lists and
explains the runs of a cluster, and verifies an installation. It is the command of ${manifest.name}.
`;

/** @param repository its address @param tarball what npm pack made, as it is attached to the release on GitHub */
export const makeKrewManifest = (repository: string, tarball: Uint8Array) => ({
  apiVersion: "krew.googlecontainertools.github.com/v1alpha2",
  kind: "Plugin",
  metadata: { name: pluginName, annotations },
  spec: {
    version: `v${manifest.version}`,
    homepage: repository,
    shortDescription: "Lint Keptn job configs, explain their runs",
    description,
    caveats: "This plugin needs Node 20 or newer on the PATH.\n",
    platforms: [
      {
        // On Windows, kubectl does not start a script.
        selector: { matchExpressions: [{ key: "os", operator: "In", values: ["linux", "darwin"] }] },
        uri: `${repository}/releases/download/v${manifest.version}/${manifest.name}-${manifest.version}.tgz`,
        sha256: createHash("sha256").update(tarball).digest("hex"),
        // npm packs everything into the folder `package`; the command reads its manifests from there.
        files: [{ from: "package/*", to: "." }],
        bin: manifest.bin["kubectl-job_executor"],
      },
    ],
  },
});
