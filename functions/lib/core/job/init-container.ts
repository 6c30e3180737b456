// The init container that fetches a task's files from Keptn. Only it sees Keptn's credentials.
import {
  fetchContainerName,
  filesFolder,
  filesVolumeName,
  makeFetchEnv,
  makeFetchOrder,
} from "../files/fetch-order.ts";
import type { Container, EnvVar } from "../kubernetes.ts";
import type { Settings } from "../settings/settings.ts";
import { ownSecurityContext } from "./security-context.ts";
import { makeDefaultResources } from "./task-container.ts";
import type { TaskJob } from "./task-job.ts";
import { caFile, caVolumeName } from "./volumes.ts";

export const makeInitContainer = ({ task, event, settings }: TaskJob): Container => ({
  name: fetchContainerName,
  image: settings.INIT_CONTAINER_IMAGE,
  imagePullPolicy: "IfNotPresent",
  env: [
    { name: "FUNCTION", value: "fetch-files" },
    ...makeFetchEnv(makeFetchOrder(event, task.files ?? [], withOwnSize(task, settings))),
    ...connectionOf(settings),
    ...credentialsOf(settings),
  ],
  resources: makeDefaultResources(settings),
  securityContext: ownSecurityContext,
  terminationMessagePolicy: "FallbackToLogsOnError",
  volumeMounts: [
    { name: filesVolumeName, mountPath: filesFolder },
    ...(settings.KEPTN_CA_CONFIG_MAP ? [{ name: caVolumeName, mountPath: caFile.folder, readOnly: true }] : []),
  ],
});

/** The size of /keptn limits the task's files. */
const withOwnSize = ({ volume }: TaskJob["task"], settings: Settings): Settings =>
  volume?.size ? { ...settings, FILES_VOLUME_SIZE: volume.size } : settings;

const passedOn = [
  "KEPTN_API_ENDPOINT",
  "OAUTH_CLIENT_ID",
  "OAUTH_DISCOVERY",
  "OAUTH_TOKEN_URL",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
] as const;

const connectionOf = (settings: Settings): EnvVar[] => [
  ...passedOn.flatMap((name) => (settings[name] ? [{ name, value: settings[name] }] : [])),
  ...(settings.OAUTH_SCOPES.length > 0 ? [{ name: "OAUTH_SCOPES", value: settings.OAUTH_SCOPES.join(",") }] : []),
  { name: "API_PROXY_HTTP_TIMEOUT", value: String(settings.API_PROXY_HTTP_TIMEOUT) },
  ...(settings.HTTP_SSL_VERIFY ? [] : [{ name: "HTTP_SSL_VERIFY", value: "false" }]),
  ...(settings.KEPTN_CA_CONFIG_MAP ? [{ name: "KEPTN_CA_FILE", value: `${caFile.folder}/${caFile.key}` }] : []),
];

const credentialsOf = (settings: Settings): EnvVar[] => [
  settings.OAUTH_CLIENT_ID
    ? secretValue("OAUTH_CLIENT_SECRET", settings.KEPTN_SECRET_NAME, settings.KEPTN_SECRET_OAUTH_KEY)
    : secretValue("KEPTN_API_TOKEN", settings.KEPTN_SECRET_NAME, settings.KEPTN_SECRET_TOKEN_KEY),
];

const secretValue = (name: string, secret: string, key: string): EnvVar => ({
  name,
  valueFrom: { secretKeyRef: { name: secret, key } },
});
