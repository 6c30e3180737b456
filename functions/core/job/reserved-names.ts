// What no task may have, whatever the settings: our own Secrets and ConfigMaps, and our own service accounts.
import { matchesAny } from "../config/glob.ts";
import { quote } from "../config/scalars.ts";
import type { Task } from "../config/schema.ts";
import { isWholeSecret } from "../config/whole-secret.ts";
import { isOwnConfigMap } from "../job-names.ts";
import type { Settings } from "../settings.ts";
import type { TaskProblem } from "./task-problem.ts";

export type Reserved = Pick<
  Settings,
  | "KEPTN_SECRET_NAME"
  | "DENIED_SECRETS"
  | "START_JOB_SERVICE_ACCOUNT"
  | "FINISH_TASK_SERVICE_ACCOUNT"
  | "JOB_CHANGES_SERVICE_ACCOUNT"
  | "KEPTN_SOURCE_SERVICE_ACCOUNT"
>;

export const ownAccountsOf = (settings: Reserved): string[] => [
  settings.START_JOB_SERVICE_ACCOUNT,
  settings.FINISH_TASK_SERVICE_ACCOUNT,
  settings.JOB_CHANGES_SERVICE_ACCOUNT,
  settings.KEPTN_SOURCE_SERVICE_ACCOUNT,
];

/** What the components of manifests/ make: eventing-rabbitmq writes a Broker's credentials, Knative's JobSink undelivered events. */
const ofComponents = ["*-broker-rabbit", "*dead-letters-*"];

/**
 * As patterns. Tokens of service accounts lie in Secrets where somebody asked for one, by convention NAME-token; Kubernetes before
 * 1.24 made NAME-token-…, OpenShift makes NAME-dockercfg-… with a token for its registry.
 */
export const deniedSecretsOf = (settings: Reserved): string[] => [
  settings.KEPTN_SECRET_NAME,
  ...settings.DENIED_SECRETS,
  ...ofComponents,
  ...ownAccountsOf(settings).flatMap((name) => [`${name}-token`, `${name}-token-*`, `${name}-dockercfg-*`]),
];

/** In whatever namespace: a Secret of this name in another one is a copy for the init containers there. */
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
  name && matchesAny(name, denied) ? [deniedSecret(`the Secret ${quote(name)} is kept from tasks.`, field)] : [];

const deniedSecret = (message: string, field: TaskProblem["field"]): TaskProblem => ({
  code: "secret-denied",
  message,
  fix: "Put what the task needs into a Secret of its own.",
  field,
});

/** Files and values of other runs lie in ConfigMaps that have the names of their Jobs. */
const checkConfigMaps = ({ env = [], volumes = [] }: Task): TaskProblem[] =>
  [
    ...env.map(({ configMap }, index) => ({ name: configMap?.name, field: ["env", index, "configMap", "name"] })),
    ...volumes.map(({ configMap }, index) => ({ name: configMap, field: ["volumes", index, "configMap"] })),
  ].flatMap(({ name, field }) => {
    if (!name || !isOwnConfigMap(name)) return [];
    return [deniedConfigMap(`the ConfigMap ${quote(name)} is the job executor's own.`, field)];
  });

const deniedConfigMap = (message: string, field: TaskProblem["field"]): TaskProblem => ({
  code: "config-map-denied",
  message,
  fix: "What an earlier task wrote comes with `valueFrom: task`, files with `files`.",
  field,
});

const checkAccount = ({ serviceAccount }: Task, own: readonly string[]): TaskProblem[] => {
  if (!serviceAccount || !own.includes(serviceAccount)) return [];
  const message = `the service account ${quote(serviceAccount)} is the job executor's own.`;
  const fix = "Give the task a service account of its own, with the rights that it needs.";
  return [{ code: "service-account-denied", message, fix, field: ["serviceAccount"] }];
};

/** Injectors mount the Secrets and ConfigMaps that an annotation names, beside a task or into it: Istio's userVolume, Vault's extra-secret. */
const checkAnnotation = (key: string, value: string, denied: readonly string[]): TaskProblem[] => {
  const field = ["annotations", key];
  const names = namesIn(value);
  const [secret, map] = [names.find((name) => matchesAny(name, denied)), names.find(isOwnConfigMap)];
  const who = `the annotation ${quote(key)} names`;
  return [
    ...(secret ? [deniedSecret(`${who} the Secret ${quote(secret)}, which is kept from tasks.`, field)] : []),
    ...(map ? [deniedConfigMap(`${who} the ConfigMap ${quote(map)}, which is the job executor's own.`, field)] : []),
  ];
};

/** All that could be the name of a Secret; in JSON and YAML a character may also be written as its number. */
const namesIn = (value: string): string[] =>
  value
    .replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))/gi, (written, ...codes: string[]) => {
      const code = Number.parseInt(codes.slice(0, 3).find(Boolean) ?? "", 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : written;
    })
    .split(/[^a-z0-9.-]+/)
    .map((name) => name.replace(/^[.-]+|[.-]+$/g, ""))
    .filter((name) => name !== "");
