// Checks that the Secrets of our pods exist. Their contents are never read.
import type { Settings } from "../settings/settings.ts";
import { settingsOf } from "./check-settings.ts";
import type { Facts, PodTemplate, SecretRef, SecretSeen } from "./facts.ts";
import { type Finding, fine, warn, wrong } from "./finding.ts";
import { unseen } from "./ready.ts";

/** @param templates of the functions and of keptn-source */
export const secretsOf = (templates: readonly PodTemplate[], namespace: string, settings: Settings): SecretRef[] => {
  const names = templates.flatMap(({ spec }) => [
    ...(spec?.volumes ?? []).flatMap(({ secret }) => secret?.secretName ?? []),
    ...(spec?.containers ?? [])
      .flatMap(({ env = [] }) => env)
      .flatMap(({ valueFrom }) => valueFrom?.secretKeyRef?.name ?? []),
  ]);
  const ours = [...new Set(names)].map((name): SecretRef => ({ namespace, name, usedBy: "functions" }));
  const name = settings.KEPTN_SECRET_NAME;
  const others = settings.FILES_MODE === "snapshot" ? [] : jobNamespacesOf(settings);
  const tasks = others.map((one): SecretRef => ({ namespace: one, name, usedBy: "tasks" }));
  return [
    ...ours,
    ...tasks.filter((task) => !ours.some((own) => own.namespace === task.namespace && own.name === name)),
  ];
};

/** The namespaces listed by name; with `*`, others may have Jobs too. */
export const jobNamespacesOf = ({ JOB_NAMESPACE, ALLOWED_NAMESPACES }: Settings): string[] =>
  [...new Set([JOB_NAMESPACE, ...ALLOWED_NAMESPACES])].filter((name) => !name.includes("*"));

export const checkSecrets = (facts: Facts): Finding[] => {
  const settings = settingsOf(facts);
  return facts.secrets.map((secret) => checkSecret(secret, settings));
};

const checkSecret = ({ namespace, name, usedBy, seen }: SecretSeen, settings: Settings): Finding => {
  const label = `Secret ${name} in namespace ${namespace}`;
  if (seen.kind === "there") return fine("secret", `${label} exists.`);
  if (seen.kind === "unknown") return unseen("secret", label, seen.why);
  const { OAUTH_CLIENT_ID, KEPTN_SECRET_OAUTH_KEY, KEPTN_SECRET_TOKEN_KEY } = settings;
  const [key, what] = OAUTH_CLIENT_ID
    ? [KEPTN_SECRET_OAUTH_KEY, "OAUTH_CLIENT_SECRET"]
    : [KEPTN_SECRET_TOKEN_KEY, "KEPTN_API_TOKEN"];
  const fix = `kubectl -n ${namespace} create secret generic ${name} --from-literal=${key}="$${what}"`;
  return usedBy === "functions"
    ? wrong("secret", `${label} is missing: our functions cannot authenticate to Keptn.`, fix)
    : warn("secret", `${label} is missing: tasks there cannot fetch files.`, fix);
};
