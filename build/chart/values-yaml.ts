// values.yaml: every value of the chart that JES does not have, with its default and a comment.
import { readFileSync } from "node:fs";
import { defaultImage } from "../../functions/cli/migrate/values/general-notes.ts";
import { componentNames } from "./variants.ts";

export const emitValues =
  (): string => `# Values of job-executor-functions (docs/install.md). Values of JES's chart are taken too, or refused with what to do instead
# (docs/reference/jes-values.md).

# The functions' image, with its tag or digest.
image: ${defaultImage}
# How Keptn's events arrive: webhook (Keptn's webhook-service calls us, no pod of ours runs when idle), nats (Keptn in the same
# cluster) or polling (Keptn elsewhere). Empty: webhook; with JES's values, nats or polling.
eventRoute: ""
# The Secret in the release's namespace with Keptn's API token (key token) or OAuth client secret (oauth_client_secret).
secretName: job-service-keptn-secrets
# Settings by name, such as KEPTN_API_ENDPOINT: https://keptn.example.org/api (docs/reference/settings.md).
settings: {}
# Optional parts. Some need a setting or something in the cluster (docs/install.md#components).
${componentNames.map((name) => `#   ${name}: ${descriptionOf(name)}`).join("\n")}
components: []
# A separate namespace for Jobs, which the chart creates, and its Pod Security level. Empty: Jobs run beside the functions.
jobNamespace:
  name: ""
  podSecurityLevel: baseline
# Pod Security level of the release's namespace. Empty: restricted; privileged with jobConfig.allowPrivilegedJobs=true.
podSecurityLevel: ""
# Also write the release's namespace, for \`helm template\` and Argo CD; \`helm install\` needs it to exist already.
createNamespace: false
# Leave out start-job and its Trigger, which \`kn func deploy\` creates.
func: false

# As in JES's chart:
# imagePullSecrets: [{name: registry}]
# podAnnotations: {}
# serviceAccount: {annotations: {}}
# jobConfig: {serviceAccount: {annotations: {}}}
# fullnameOverride: value of the label app.kubernetes.io/managed-by of Jobs
`;

/** The first sentence of a component's own comment. */
const descriptionOf = (name: string): string => {
  const text = readFileSync(`manifests/components/${name}/kustomization.yaml`, "utf8");
  const comment = (/^(# .*\n)+/.exec(text)?.[0] ?? "").replaceAll(/\n?# /g, " ").trim();
  return (/^.*?[.:](?=\s|$)/.exec(comment)?.[0] ?? comment).replace(/[.:]$/, "");
};
