// Notes and steps for every migration from JES, regardless of the values.
import { isHttps, isOauth, keptnNamespaceOf } from "./connection.ts";
import type { Note, OverlayOptions } from "./parts.ts";
import type { Values } from "./values.ts";

/** The default of `--image`. */
export const defaultImage = "dev.local/job-executor-functions:dev";

const todo = (text: string): Note => ({ section: "todo", text });
const changes = (text: string): Note => ({ section: "changes", text });

export const notesBefore = ({ image }: OverlayOptions): Note[] =>
  [
    "While JES runs, both answer the same events and run each task twice. docs/migrate.md explains how to split the events between them.",
    ...(image === defaultImage ? ["Push our image to your registry, and set its name under `images`."] : []),
  ].map(todo);

export const notesAfter = (values: Values, { namespace, folder }: OverlayOptions): Note[] => [
  { ...todo("Apply the overlay."), commands: [`kubectl apply -k ${folder}`] },
  {
    ...todo(
      `Copy Keptn's ${isOauth(values) ? "OAuth client secret" : "token"} from JES's Secret, which is deleted with JES. It never appears on a command line.`,
    ),
    commands: copySecret(isOauth(values) ? "oauth_client_secret" : "token", namespace),
  },
  ...[
    `Copy the Secrets and service accounts that tasks use from JES's namespace to ${namespace}.`,
    "Subscriptions that were changed in Keptn's Bridge belong to JES's integration. Make the same changes to ours, which appears when the functions first start.",
  ].map(todo),
  ...[
    ...(isHttps(values) && !isOauth(values) && values.isTrue("remoteControlPlane.api.apiValidateTls") ? [tls] : []),
    keptnNamespaceOf(values) ? nats : polling,
    `The namespace ${namespace} enforces a Pod Security level; JES's had none. Do not use JES's namespace while JES runs: its pods would be refused.`,
    "Tasks can have fields that JES lacks: volumes, nodes, priorities, labels. By default they may mount emptyDir volumes and ConfigMaps; ALLOWED_VOLUMES, ALLOWED_NODE_SELECTORS and the other lists of docs/reference/settings.md allow more.",
    "`job-executor lint --from-jes job/config.yaml` reports what changes for a job config.",
  ].map(changes),
];

const copySecret = (key: string, namespace: string): string[] => [
  `kubectl -n "$JES_NAMESPACE" get secret job-service-keptn-secrets -o jsonpath='{.data.${key}}' | base64 -d |`,
  `  kubectl -n ${namespace} create secret generic job-service-keptn-secrets --from-file=${key}=/dev/stdin`,
];

const tls =
  "Keptn's certificate is verified; with a token, JES never did that. If your own authority signed it, add the authority's certificate as the key ca.crt to the Secret, with KEPTN_CA_FILE=/etc/keptn/ca.crt, and to a ConfigMap for init containers, KEPTN_CA_CONFIG_MAP.";

const nats =
  "Events arrive over Keptn's NATS as soon as they are sent; JES polled the API every second, for each type. Events other than open tasks, such as `.finished`, also arrive if we subscribe to them.";

const polling =
  "Events come from polling Keptn's API, as in JES, but not every second, and in a small separate program (component keptn-source-polling).";
