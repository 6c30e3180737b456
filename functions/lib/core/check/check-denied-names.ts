// Checks that tasks may not use our Secrets and service accounts, by their names in this cluster.
import { matchesAny } from "../config/glob.ts";
import { deniedSecretsOf } from "../policy/reserved-names.ts";
import { ownAccountsOf } from "../settings/own-accounts.ts";
import { secretsOf } from "./check-secrets.ts";
import { settingsOf, templatesOf } from "./check-settings.ts";
import type { Facts } from "./facts.ts";
import { type Finding, fine, wrong } from "./finding.ts";

export const checkDeniedNames = (facts: Facts): Finding[] => {
  const { functions, keptnSource, jobChanges, namespace } = facts;
  const settings = settingsOf(facts);
  const templates = templatesOf([...Object.values(functions), keptnSource]);
  if (templates.length === 0 || facts.settings.kind !== "there") return [];
  const adapter = jobChanges.kind === "there" ? jobChanges.object.spec?.serviceAccountName : undefined;
  const accounts = [...templates.map(({ spec }) => spec?.serviceAccountName), adapter].filter(isName);
  const secrets = secretsOf(templates, namespace, settings).map(({ name }) => name);
  const open = [
    ...accounts.filter((name) => !ownAccountsOf(settings).includes(name)).map((name) => `service account ${name}`),
    ...secrets.flatMap((name) => (matchesAny(name, deniedSecretsOf(settings)) ? [] : [`Secret ${name}`])),
  ];
  if (open.length === 0) return [fine("denied-names", "Tasks may not use our Secrets or service accounts.")];
  const seen = `A job config may use our own objects: ${[...new Set(open)].join(", ")}.`;
  const fix =
    "Set START_JOB_SERVICE_ACCOUNT, FINISH_TASK_SERVICE_ACCOUNT, JOB_CHANGES_SERVICE_ACCOUNT and KEPTN_SOURCE_SERVICE_ACCOUNT to the names of the service accounts, and list the Secrets in DENIED_SECRETS.";
  return [wrong("denied-names", seen, fix)];
};

const isName = (name: string | undefined): name is string => Boolean(name) && name !== "default";
