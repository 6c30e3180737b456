// Checks the settings as the functions receive them: unknown names, invalid values, missing values for Keptn's API.
import { nearest } from "../config/nearest.ts";
import type { Problem } from "../problem.ts";
import { parseKeptnSettings } from "../settings/keptn-settings.ts";
import { parseSettings, type Settings, settingsTable } from "../settings/settings.ts";
import { parseSourceSettings } from "../source/check-settings.ts";
import { checkLists } from "./check-lists.ts";
import type { Facts, KnativeService, PodTemplate, Seen, SettingsMap } from "./facts.ts";
import { type Finding, fine, warn, wrong } from "./finding.ts";
import { applyAgain, unseen } from "./ready.ts";

export const checkSettings = (facts: Facts): Finding[] => {
  const { settings, functions, namespace, keptnSource } = facts;
  if (templatesOf(Object.values(functions)).length === 0) return [];
  const name = settingsNameOf(Object.values(functions));
  const label = `ConfigMap ${name ?? "job-executor-settings"}`;
  if (settings.kind === "unknown") return [unseen("settings", label, settings.why)];
  if (settings.kind !== "there") {
    return [wrong("settings", `${label} with the settings does not exist in namespace ${namespace}.`, applyAgain)];
  }
  const env = environmentOf(facts.functions["start-job"], settings.object);
  const parsed = keptnSource.kind === "there" ? parseSourceSettings({ ...env, K_SINK: sink }) : parseKeptnSettings(env);
  const findings = [
    ...unknownNames(settings.object).map((unknown) => explainUnknown(unknown, label)),
    ...("problems" in parsed ? parsed.problems : parsed.warnings).map(toFinding),
    ...("problems" in parsed ? [] : checkLists(settingsOf(facts))),
  ];
  const count = Object.values(settings.object.data ?? {}).filter((value) => value !== "").length;
  return findings.length > 0
    ? findings
    : [fine("settings", `${label}: ${count} settings have a value, all are valid.`)];
};

/** keptn-source gets its sink from its SinkBinding. */
const sink = "http://broker";

/** The functions' settings. If they are invalid, only names are used; without settings, Jobs are assumed to be in our namespace. */
export const settingsOf = ({
  functions,
  settings,
  namespace,
}: Pick<Facts, "functions" | "settings" | "namespace">): Settings => {
  const env =
    settings.kind === "there" ? environmentOf(functions["start-job"], settings.object) : { JOB_NAMESPACE: namespace };
  const parsed = parseSettings(env);
  if ("settings" in parsed) return parsed.settings;
  const named = parseSettings(Object.fromEntries(namesOnly.map((name) => [name, env[name]])));
  if ("settings" in named) return named.settings;
  throw new Error(`these settings accept any text: ${namesOnly.join(", ")}`);
};

/** Settings that accept any text. */
const namesOnly = [
  ...["JOB_NAMESPACE", "ALLOWED_NAMESPACES", "KEPTN_SECRET_NAME", "DENIED_SECRETS", "TIMER_NAME", "OAUTH_CLIENT_ID"],
  ...["START_JOB_SERVICE_ACCOUNT", "FINISH_TASK_SERVICE_ACCOUNT", "JOB_CHANGES_SERVICE_ACCOUNT"],
  "KEPTN_SOURCE_SERVICE_ACCOUNT",
];

/** Kustomize adds a hash to the ConfigMap's name, so it is read from the function. */
export const settingsNameOf = (services: readonly Seen<KnativeService>[]): string | undefined =>
  templatesOf(services)
    .flatMap(({ spec }) => spec?.containers ?? [])
    .flatMap(({ envFrom = [] }) => envFrom)
    .find(({ configMapRef }) => configMapRef?.name)?.configMapRef?.name;

export const templatesOf = (
  seen: readonly Seen<{ readonly spec?: { readonly template?: PodTemplate } }>[],
): PodTemplate[] =>
  seen.flatMap((one) => (one.kind === "there" && one.object.spec?.template ? [one.object.spec.template] : []));

/** Values from a Secret cannot be read; they are assumed to exist and to be valid. */
const environmentOf = (
  service: Seen<KnativeService>,
  { data = {} }: SettingsMap,
): Record<string, string | undefined> => {
  const own = templatesOf([service]).flatMap(({ spec }) => spec?.containers?.[0]?.env ?? []);
  const named = own.map(({ name, value, valueFrom }) => [name, value ?? (valueFrom ? "of a Secret" : "")]);
  return { ...data, ...Object.fromEntries(named) };
};

const known = Object.keys(settingsTable);

const unknownNames = ({ data = {} }: SettingsMap): string[] =>
  Object.keys(data).filter((name) => !known.includes(name));

const explainUnknown = (name: string, label: string): Finding => {
  const meant = nearest(name, known);
  const fix = `${meant ? `Did you mean ${meant}? ` : ""}docs/reference/settings.md lists all settings.`;
  return warn("settings", `${label} has ${name}, which is not a setting and has no effect.`, fix);
};

const toFinding = ({ severity, message, fix }: Problem): Finding => {
  const remedy = fix ?? "See docs/reference/settings.md for valid values.";
  return severity === "error" ? wrong("settings", message, remedy) : warn("settings", message, remedy);
};
