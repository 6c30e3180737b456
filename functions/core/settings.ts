// Every setting of every program: its name in the environment, its type, its default and what it means.
import { jobSettings } from "./job/job-settings.ts";
import { ownAccountsOf } from "./job/reserved-names.ts";
import type { Problem } from "./problem.ts";
import { choice, flag, list, requiredText, type Setting, size, text, whole, wholeOr } from "./setting-types.ts";
import { sourceSettings } from "./source/source-settings.ts";

export const settingsTable = {
  JOB_NAMESPACE: requiredText("default").describe("Namespace of the Jobs, where a task names no other."),
  FULL_DEPLOYMENT_NAME: requiredText("job-executor-service").describe(
    "Value of the label app.kubernetes.io/managed-by on Jobs and pods.",
  ),
  KEPTN_API_ENDPOINT: text().describe("Keptn's API, up to and with /api: http://api-gateway-nginx.keptn/api."),
  KEPTN_API_TOKEN: text().describe("Keptn's API token (header x-token)."),
  KEPTN_API_TOKEN_FILE: text().describe(
    "A file with the API token, such as a mounted Secret: read again when Keptn refuses the token, so that a new one is found.",
  ),
  OAUTH_CLIENT_ID: text().describe("OAuth 2.0 client credentials instead of an API token: the client's id."),
  OAUTH_CLIENT_SECRET: text().describe("The OAuth client's secret."),
  OAUTH_CLIENT_SECRET_FILE: text().describe("A file with the OAuth client's secret, read again for every new token."),
  OAUTH_SCOPES: list().describe("Scopes to ask for, comma separated."),
  OAUTH_DISCOVERY: text().describe("URL of the OpenID configuration that names the token endpoint."),
  OAUTH_TOKEN_URL: text().describe("The token endpoint itself, instead of OAUTH_DISCOVERY."),
  HTTP_SSL_VERIFY: flag(true).describe("false: takes any certificate of Keptn. Only to try something."),
  KEPTN_CA_FILE: text().describe(
    "PEM file with the certificate authorities that Keptn's certificate may come from, instead of the public ones.",
  ),
  HTTP_PROXY: text().describe("Proxy for http:// addresses of Keptn."),
  HTTPS_PROXY: text().describe("Proxy for https:// addresses of Keptn."),
  NO_PROXY: text().describe(
    "Addresses that need no proxy: names with all below them, IP addresses, ranges such as 10.0.0.0/8, comma separated.",
  ),
  API_PROXY_HTTP_TIMEOUT: whole(5, 1).describe("Seconds that one request to Keptn may take."),
  KEPTN_RETRY_SECONDS: whole(8, 1).describe("Seconds that all attempts of one call to Keptn may take together."),
  PUBSUB_TOPIC: list(["sh.keptn.event.*.triggered"]).describe(
    "Types of the events that we get, comma separated, * for one part and > for the rest: our subscriptions in Keptn until they are changed in its Bridge.",
  ),
  PROJECT_FILTER: list().describe(
    "Projects whose events we get, comma separated; default: all. Goes with PUBSUB_TOPIC.",
  ),
  STAGE_FILTER: list().describe("Stages whose events we get, in the same way."),
  SERVICE_FILTER: list().describe("Services whose events we get, in the same way."),
  K8S_NAMESPACE: requiredText("keptn-jes").describe("Our own namespace, for the registration in Keptn."),
  K8S_NODE_NAME: requiredText("knative").describe("Our host, for the registration in Keptn."),
  K8S_DEPLOYMENT_NAME: requiredText("job-executor-service").describe("Our name, for the registration in Keptn."),
  K8S_DEPLOYMENT_VERSION: requiredText("0.1.0").describe("Our version, for the registration in Keptn."),
  KEPTN_SOURCE: requiredText("job-executor-service").describe("`source` of the events that are sent to Keptn."),
  ...sourceSettings,
  TIMER_NAMESPACE: text().describe("Namespace of the sweep's PingSource; default: the namespace we run in."),
  TIMER_NAME: requiredText("job-executor-sweep").describe("Name of the sweep's PingSource."),
  TIMER_SCHEDULE: requiredText("* * * * *").describe(
    "When the sweep looks for lost steps while runs are open, as cron.",
  ),
  TIMER_SINK: requiredText("finish-task").describe("Knative Service that the sweep's event goes to."),
  CONNECTIONS_DIR: requiredText("/etc/job-executor/connections").describe(
    "Folder where ConfigMap job-executor-connections is mounted: what `job-executor connect` connected, and lost events are looked for.",
  ),
  WATCH_NAME: text().describe(
    "Name of the ApiServerSource that start-job creates and a sweep deletes; not set: whoever installed one keeps it.",
  ),
  WATCH_SPEC_DIR: requiredText("/etc/job-changes").describe(
    "Folder with the fields of that ApiServerSource's spec, a file each, as YAML: the ConfigMap `job-changes`.",
  ),
  WATCH_IDLE_SECONDS: wholeOr("always", 300, 5).describe(
    "For how long no run was open when a sweep deletes that ApiServerSource; `always`: it is never deleted.",
  ),
  LOG_LEVEL: choice(["debug", "info", "warn", "error"], "info").describe("The least important lines that are logged."),
  MAX_REQUEST_BYTES: whole(2 * 1024 * 1024, 1024).describe("Largest event that a function takes, in bytes."),
  CLAIM_LEASE_SECONDS: whole(30, 5).describe(
    "After this time an announcement or report that another process began counts as abandoned, and is taken over.",
  ),
  START_GRACE_SECONDS: whole(60).describe(
    "How long a pod may fail to start (image pull, missing Secret, ...) before its run fails.",
  ),
  START_DEADLINE_SECONDS: whole(600, 1).describe(
    "How long a released task may wait for a pod and a node for it, beside its own maxPollDuration, which counts from there on.",
  ),
  CREATE_GRACE_SECONDS: whole(300, 60).describe(
    "After this time a run whose Jobs were only partly created counts as abandoned, and is reported as errored.",
  ),
  FILES_MODE: choice(["init-container", "snapshot"], "init-container").describe(
    "How a task gets its files: an init container fetches them, or start-job puts them into a ConfigMap.",
  ),
  FILES_VOLUME_SIZE: size("20Mi").describe(
    "Size of the volume /keptn of each task: its files, and what it writes there. Kubernetes evicts above it.",
  ),
  FILES_MAX_FILE_SIZE: size(undefined).describe(
    "Largest single file a task may ask for; by default as large as the volume.",
  ),
  FILES_MAX_COUNT: whole(1000, 1).describe("How many files a task may ask for."),
  FILES_EXECUTABLE: choice(["detect", "all"], "detect").describe(
    "Which files may be executed: those that begin with #! or are ELF programs, or all.",
  ),
  FILES_GRACE_SECONDS: whole(120).describe("How long Keptn may be away while a task's files are fetched."),
  VERIFY_EVENTS: flag(false).describe(
    "true: Keptn is asked for each event. What runs is the event that Keptn has open under this id; one that it does not have creates nothing.",
  ),
  ALWAYS_SEND_FINISHED_EVENT: flag(false).describe(
    "Answer events for which there is no readable job/config.yaml with started and an errored finished event.",
  ),
  ...jobSettings,
  MAX_EVENT_BYTES: whole(48 * 1024, 4096).describe("Largest event sent to Keptn, in bytes of JSON."),
} as const;

type Table = typeof settingsTable;

/** Keys are the names in the environment. */
export type Settings = { readonly [Name in keyof Table]: Table[Name] extends Setting<infer T> ? T : never };

/** @param env an environment; an empty value counts as not set, as in JES */
export const parseSettings = (
  env: Readonly<Record<string, string | undefined>>,
): { readonly settings: Settings } | { readonly problems: readonly Problem[] } => {
  const values: Record<string, unknown> = {};
  const problems: Problem[] = [];
  for (const [name, { read, fallback, description }] of Object.entries<Setting<unknown>>(settingsTable)) {
    const given = env[name];
    const reading = given ? read(given) : { value: fallback };
    if ("value" in reading) values[name] = reading.value;
    else
      problems.push(
        ...reading.wrong.map((what) => badSetting(`${name}=${JSON.stringify(given)} ${what}.`, description)),
      );
  }
  if (problems.length > 0) return { problems };
  const settings = values as unknown as Settings;
  const clashes = clashesOf(settings);
  return clashes.length > 0 ? { problems: clashes } : { settings };
};

const badSetting = (message: string, fix: string): Problem => ({
  code: "bad-setting",
  severity: "error",
  message,
  fix,
});

const clashesOf = (settings: Settings): Problem[] => [...leaseClash(settings), ...accountClash(settings)];

/** Its token is not mounted into a task that names no account; what injectors mount for a pod's account would be ours all the same. */
const accountClash = (settings: Settings): Problem[] => {
  const { DEFAULT_JOB_SERVICE_ACCOUNT: name } = settings;
  if (name === undefined || !ownAccountsOf(settings).includes(name)) return [];
  const message = `DEFAULT_JOB_SERVICE_ACCOUNT=${JSON.stringify(name)} is a service account of ours, which no task may run as.`;
  return [badSetting(message, "Name one without rights, such as job-executor-task.")];
};

/**
 * A third of the lease to begin, a third for the request, a third for Keptn to count what it took: else an event could be sent a
 * second time. A second is for clocks that differ.
 */
const leaseClash = ({ CLAIM_LEASE_SECONDS: lease, KEPTN_RETRY_SECONDS: retry }: Settings): Problem[] => {
  if (lease >= 3 * retry + 3) return [];
  const message = `CLAIM_LEASE_SECONDS=${lease} is too short for KEPTN_RETRY_SECONDS=${retry}.`;
  return [badSetting(message, "Make the lease three times as long, and 3 s more.")];
};
