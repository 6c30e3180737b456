// Every setting of every program: environment variable, type, default and description.
import manifest from "../../../../package.json" with { type: "json" };
import { errorProblem, type Problem } from "../problem.ts";
import { jobSettings } from "./job-settings.ts";
import { ownAccountsOf } from "./own-accounts.ts";
import { choice, flag, list, requiredText, type Setting, size, text, whole, wholeOr } from "./setting-types.ts";
import { sourceSettings } from "./source-settings.ts";

export const settingsTable = {
  JOB_NAMESPACE: requiredText("default").describe("Namespace of Jobs whose task does not set one."),
  FULL_DEPLOYMENT_NAME: requiredText("job-executor-service").describe(
    "Value of the label app.kubernetes.io/managed-by on Jobs and pods.",
  ),
  KEPTN_API_ENDPOINT: text().describe("URL of Keptn's API, including /api: http://api-gateway-nginx.keptn/api."),
  KEPTN_API_TOKEN: text().describe("Keptn's API token (header x-token)."),
  KEPTN_API_TOKEN_FILE: text().describe(
    "File with the API token, such as a mounted Secret. It is read again when Keptn refuses the token, so a new token needs no restart.",
  ),
  OAUTH_CLIENT_ID: text().describe("OAuth 2.0 client id: client credentials are used instead of an API token."),
  OAUTH_CLIENT_SECRET: text().describe("The OAuth client's secret."),
  OAUTH_CLIENT_SECRET_FILE: text().describe(
    "File with the OAuth client's secret; it is read again for every new token.",
  ),
  OAUTH_SCOPES: list().describe("Scopes to request, comma separated."),
  OAUTH_DISCOVERY: text().describe("URL of the OpenID configuration that names the token endpoint."),
  OAUTH_TOKEN_URL: text().describe("URL of the token endpoint, instead of OAUTH_DISCOVERY."),
  HTTP_SSL_VERIFY: flag(true).describe("false: accept any certificate from Keptn. For experiments only."),
  KEPTN_CA_FILE: text().describe(
    "PEM file with the certificate authorities to trust for Keptn, instead of the public ones.",
  ),
  HTTP_PROXY: text().describe("Proxy for http:// addresses of Keptn."),
  HTTPS_PROXY: text().describe("Proxy for https:// addresses of Keptn."),
  NO_PROXY: text().describe(
    "Addresses to reach without a proxy: host names (including their subdomains), IP addresses and ranges such as 10.0.0.0/8, comma separated.",
  ),
  API_PROXY_HTTP_TIMEOUT: whole(5, 1).describe("Timeout of one request to Keptn, in seconds."),
  KEPTN_RETRY_SECONDS: whole(8, 1).describe("Time limit for all attempts of one call to Keptn together, in seconds."),
  PUBSUB_TOPIC: list(["sh.keptn.event.*.triggered"]).describe(
    "Event types to receive, comma separated; * matches one part, > matches the rest. They are our subscriptions in Keptn until they are changed in its Bridge.",
  ),
  PROJECT_FILTER: list().describe(
    "Projects to receive events from, comma separated; default: all. Part of the same subscriptions as PUBSUB_TOPIC.",
  ),
  STAGE_FILTER: list().describe("Stages to receive events from, comma separated; default: all."),
  SERVICE_FILTER: list().describe("Services to receive events from, comma separated; default: all."),
  K8S_NAMESPACE: requiredText("keptn-jes").describe("Our namespace, as registered in Keptn."),
  K8S_NODE_NAME: requiredText("knative").describe("Our host name, as registered in Keptn."),
  K8S_DEPLOYMENT_NAME: requiredText("job-executor-service").describe("Our name, as registered in Keptn."),
  K8S_DEPLOYMENT_VERSION: requiredText(manifest.version).describe("Our version, as registered in Keptn."),
  KEPTN_SOURCE: requiredText("job-executor-service").describe("`source` of the events sent to Keptn."),
  ...sourceSettings,
  TIMER_NAMESPACE: text().describe("Namespace of the sweep's PingSource; default: our own."),
  TIMER_NAME: requiredText("job-executor-sweep").describe("Name of the sweep's PingSource."),
  TIMER_SCHEDULE: requiredText("* * * * *").describe(
    "Cron schedule of the sweep, which looks for lost steps while runs are open.",
  ),
  TIMER_SINK: requiredText("finish-task").describe("Knative Service that receives the sweep's event."),
  CONNECTIONS_DIR: requiredText("/etc/job-executor/connections").describe(
    "Folder where the ConfigMap job-executor-connections is mounted: the projects that `job-executor connect` connected, and whose lost events are recovered.",
  ),
  WATCH_NAME: text().describe(
    "Name of the ApiServerSource that start-job creates and a sweep deletes. Not set: the functions neither create nor delete one.",
  ),
  WATCH_SPEC_DIR: requiredText("/etc/job-changes").describe(
    "Folder with the fields of that ApiServerSource's spec, one YAML file per field: the ConfigMap `job-changes`.",
  ),
  WATCH_IDLE_SECONDS: wholeOr("always", 300, 5).describe(
    "Seconds without an open run after which a sweep deletes that ApiServerSource; `always`: it is never deleted.",
  ),
  LOG_LEVEL: choice(["debug", "info", "warn", "error"], "info").describe("Lowest level that is logged."),
  MAX_REQUEST_BYTES: whole(2 * 1024 * 1024, 1024).describe(
    "Maximum size of an event that a function accepts, in bytes.",
  ),
  CLAIM_LEASE_SECONDS: whole(30, 5).describe(
    "Lease duration: after this time, an announcement or report that another process began counts as abandoned and is taken over.",
  ),
  START_GRACE_SECONDS: whole(60).describe(
    "How long a pod may fail to start (image pull, missing Secret, ...) before its run fails.",
  ),
  START_DEADLINE_SECONDS: whole(600, 1).describe(
    "How long a released task may wait until its pod has a node, in addition to its own maxPollDuration, which counts from then on.",
  ),
  CREATE_GRACE_SECONDS: whole(300, 60).describe(
    "After this time, a run whose Jobs were only partly created counts as abandoned and is reported as errored.",
  ),
  FILES_MODE: choice(["init-container", "snapshot"], "init-container").describe(
    "How a task gets its files. init-container: an init container fetches them; snapshot: start-job puts them into a ConfigMap.",
  ),
  FILES_VOLUME_SIZE: size("20Mi").describe(
    "Size of each task's volume /keptn, for its files and what it writes there. Kubernetes evicts a pod that exceeds it.",
  ),
  FILES_MAX_FILE_SIZE: size(undefined).describe(
    "Maximum size of a single file of a task; default: the size of the volume.",
  ),
  FILES_MAX_COUNT: whole(1000, 1).describe("Maximum number of files of a task."),
  FILES_EXECUTABLE: choice(["detect", "all"], "detect").describe(
    "Which files are executable. detect: those that begin with #! or are ELF programs; all: every file.",
  ),
  FILES_GRACE_SECONDS: whole(120).describe("How long Keptn may be unavailable while a task's files are fetched."),
  VERIFY_EVENTS: flag(false).describe(
    "true: ask Keptn for each event, and run the event that Keptn has open under this id. An event that Keptn does not have creates nothing.",
  ),
  ALWAYS_SEND_FINISHED_EVENT: flag(false).describe(
    "true: answer events that have no readable job/config.yaml with a started and an errored finished event.",
  ),
  ...jobSettings,
  MAX_EVENT_BYTES: whole(48 * 1024, 4096).describe("Maximum size of an event sent to Keptn, in bytes of JSON."),
} as const;

type Table = typeof settingsTable;

/** Keys are names of environment variables. */
export type Settings = { readonly [Name in keyof Table]: Table[Name] extends Setting<infer T> ? T : never };

/** @param env an empty value counts as not set, as in JES */
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

const badSetting = (message: string, fix: string): Problem => errorProblem("bad-setting", message, fix);

const clashesOf = (settings: Settings): Problem[] => [...leaseClash(settings), ...accountClash(settings)];

/** A task that names no account gets no token, but injectors would still mount credentials of our account into its pod. */
const accountClash = (settings: Settings): Problem[] => {
  const { DEFAULT_JOB_SERVICE_ACCOUNT: name } = settings;
  if (name === undefined || !ownAccountsOf(settings).includes(name)) return [];
  const message = `DEFAULT_JOB_SERVICE_ACCOUNT=${JSON.stringify(name)} is one of our own service accounts, and no task may run as it.`;
  return [badSetting(message, "Use a service account without rights, such as job-executor-task.")];
};

/**
 * A lease needs a third to begin, a third for the request, and a third for Keptn to count the event; otherwise the event could be sent
 * twice. Each third gets one more second for clock skew.
 */
const leaseClash = ({ CLAIM_LEASE_SECONDS: lease, KEPTN_RETRY_SECONDS: retry }: Settings): Problem[] => {
  if (lease >= 3 * retry + 3) return [];
  const message = `CLAIM_LEASE_SECONDS=${lease} is too short for KEPTN_RETRY_SECONDS=${retry}.`;
  return [badSetting(message, "Set CLAIM_LEASE_SECONDS to at least three times KEPTN_RETRY_SECONDS, plus 3.")];
};
