// Objects that no task may use, regardless of settings: our own Secrets, ConfigMaps and service accounts.
import { isOwnConfigMap } from "../annotations/job-names.ts";
import { matchesAny } from "../config/glob.ts";
import type { Task } from "../config/schema.ts";
import { isWholeSecret } from "../config/whole-secret.ts";
import type { TaskProblem } from "../plan/task-problem.ts";
import { ownAccountsOf } from "../settings/own-accounts.ts";
import type { Settings } from "../settings/settings.ts";
import { quote } from "../yaml/scalars.ts";

export type Reserved = Pick<
  Settings,
  | "KEPTN_SECRET_NAME"
  | "DENIED_SECRETS"
  | "START_JOB_SERVICE_ACCOUNT"
  | "FINISH_TASK_SERVICE_ACCOUNT"
  | "JOB_CHANGES_SERVICE_ACCOUNT"
  | "KEPTN_SOURCE_SERVICE_ACCOUNT"
>;

/** Secrets of the components of manifests/: eventing-rabbitmq stores a Broker's credentials, Knative's JobSink undelivered events. */
const ofComponents = ["*-broker-rabbit", "*dead-letters-*"];

/**
 * Patterns. Service account tokens may be in Secrets: NAME-token by convention, NAME-token-… from Kubernetes before 1.24, and
 * NAME-dockercfg-… from OpenShift, for its registry.
 */
export const deniedSecretsOf = (settings: Reserved): string[] => [
  settings.KEPTN_SECRET_NAME,
  ...settings.DENIED_SECRETS,
  ...ofComponents,
  ...ownAccountsOf(settings).flatMap((name) => [`${name}-token`, `${name}-token-*`, `${name}-dockercfg-*`]),
];

/** Applies to every namespace: a Secret of this name in another namespace is a copy for the init containers there. */
export const checkReserved = (task: Task, settings: Reserved): TaskProblem[] => {
  const denied = deniedSecretsOf(settings);
  return [
    ...secretsNamedIn(task).flatMap(({ name, field }) => checkSecret(name, field, denied)),
    ...checkConfigMaps(task),
    ...checkAccount(task, ownAccountsOf(settings)),
    ...Object.entries(task.annotations ?? {}).flatMap(([key, value]) => checkAnnotation(key, value, denied)),
  ];
};

/** Each field that names a Secret. */
const secretsNamedIn = ({ env = [], imagePullSecrets = [], volumes = [] }: Task) => [
  ...env.map((entry, index) =>
    isWholeSecret(entry)
      ? { name: entry.name, field: ["env", index, "name"] }
      : { name: entry.secret?.name, field: ["env", index, "secret", "name"] },
  ),
  ...imagePullSecrets.map((name, index) => ({ name, field: ["imagePullSecrets", index] })),
  ...volumes.map(({ secret }, index) => ({ name: secret, field: ["volumes", index, "secret"] })),
];

const checkSecret = (
  name: string | undefined,
  field: TaskProblem["field"],
  denied: readonly string[],
): TaskProblem[] =>
  name && matchesAny(name, denied) ? [deniedSecret(`tasks must not use the Secret ${quote(name)}.`, field)] : [];

const deniedSecret = (message: string, field: TaskProblem["field"]): TaskProblem => ({
  code: "secret-denied",
  message,
  fix: "Create a separate Secret with what the task needs.",
  field,
});

/** Files and values of other runs are in ConfigMaps named after their Jobs. */
const checkConfigMaps = (task: Task): TaskProblem[] =>
  configMapsNamedIn(task).flatMap(({ name, field }) => {
    if (!name || !isOwnConfigMap(name)) return [];
    return [deniedConfigMap(`the ConfigMap ${quote(name)} belongs to the job executor.`, field)];
  });

/** Each field that names a ConfigMap. */
export const configMapsNamedIn = ({ env = [], volumes = [] }: Task) => [
  ...env.map(({ configMap }, index) => ({ name: configMap?.name, field: ["env", index, "configMap", "name"] })),
  ...volumes.map(({ configMap }, index) => ({ name: configMap, field: ["volumes", index, "configMap"] })),
];

const deniedConfigMap = (message: string, field: TaskProblem["field"]): TaskProblem => ({
  code: "config-map-denied",
  message,
  fix: "Use `valueFrom: task` for results of earlier tasks, and `files` for files.",
  field,
});

const checkAccount = ({ serviceAccount }: Task, own: readonly string[]): TaskProblem[] => {
  if (!serviceAccount || !own.includes(serviceAccount)) return [];
  const message = `the service account ${quote(serviceAccount)} belongs to the job executor.`;
  const fix = "Create a separate service account with the rights that the task needs.";
  return [{ code: "service-account-denied", message, fix, field: ["serviceAccount"] }];
};

/** Injectors mount Secrets and ConfigMaps named in annotations into the pod: Istio's userVolume, Vault's extra-secret. */
const checkAnnotation = (key: string, value: string, denied: readonly string[]): TaskProblem[] => {
  const field = ["annotations", key];
  const names = namesIn(value);
  const [secret, map] = [names.find((name) => matchesAny(name, denied)), names.find(isOwnConfigMap)];
  const who = `the annotation ${quote(key)} names`;
  return [
    ...(secret ? [deniedSecret(`${who} the Secret ${quote(secret)}, which tasks must not use.`, field)] : []),
    ...(map ? [deniedConfigMap(`${who} the ConfigMap ${quote(map)}, which belongs to the job executor.`, field)] : []),
  ];
};

/** All possible names of a Secret in a text, including JSON and YAML escapes. */
const namesIn = (value: string): string[] =>
  value
    .replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))/gi, (written, ...codes: string[]) => {
      const code = Number.parseInt(codes.slice(0, 3).find(Boolean) ?? "", 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : written;
    })
    .split(/[^a-z0-9.-]+/)
    .map((name) => name.replace(/^[.-]+|[.-]+$/g, ""))
    .filter((name) => name !== "");
