// What everybody who moves from JES has to know and do, whatever the values say.
import { isHttps, isOauth, keptnNamespaceOf } from "./connection.ts";
import type { Note } from "./parts.ts";
import type { OverlayOptions } from "./render-overlay.ts";
import type { Values } from "./values.ts";

/** Where nobody said another one. */
export const defaultImage = "dev.local/job-executor-functions:dev";

export const notesBefore = ({ image }: OverlayOptions): Note[] => [
  {
    section: "todo",
    text: "While JES runs, both would answer the same events, and run each task twice. docs/migrate.md says how to give each its own.",
  },
  ...(image === defaultImage
    ? [{ section: "todo", text: "Put our image into a registry of yours, and its name under `images`." } as const]
    : []),
];

export const notesAfter = (values: Values, { namespace, folder }: OverlayOptions): Note[] => [
  { section: "todo", text: "Apply the overlay.", commands: [`kubectl apply -k ${folder}`] },
  {
    section: "todo",
    text: `Copy Keptn's ${isOauth(values) ? "OAuth client secret" : "token"} from JES's Secret, which goes when JES goes. It is never on a command line.`,
    commands: copySecret(isOauth(values) ? "oauth_client_secret" : "token", namespace),
  },
  {
    section: "todo",
    text: `Copy the Secrets and service accounts that tasks name from JES's namespace to ${namespace}.`,
  },
  {
    section: "todo",
    text: "Subscriptions that were changed in Keptn's Bridge belong to JES's own entry there. Make the same changes at ours, which appears when the functions first start.",
  },
  ...(isHttps(values) && !isOauth(values) && values.isTrue("remoteControlPlane.api.apiValidateTls") ? [tls] : []),
  keptnNamespaceOf(values) ? nats : polling,
  {
    section: "changes",
    text: `The namespace ${namespace} keeps to a Pod Security level; JES's had none. Do not use JES's own namespace while JES runs: its pods would be refused.`,
  },
  {
    section: "changes",
    text: "Tasks may ask for what JES has no field for: volumes, nodes, priorities, labels. Without more they may mount emptyDir volumes and ConfigMaps; ALLOWED_VOLUMES, ALLOWED_NODE_SELECTORS and the other lists of docs/reference/settings.md say what else.",
  },
  {
    section: "changes",
    text: "What changes for a job config says `job-executor lint --from-jes job/config.yaml`.",
  },
];

const copySecret = (key: string, namespace: string): string[] => [
  `kubectl -n "$JES_NAMESPACE" get secret job-service-keptn-secrets -o jsonpath='{.data.${key}}' | base64 -d |`,
  `  kubectl -n ${namespace} create secret generic job-service-keptn-secrets --from-file=${key}=/dev/stdin`,
];

const tls: Note = {
  section: "changes",
  text: "Keptn's certificate is verified; with a token JES never did. If an authority of your own signed it: its certificate as the key ca.crt of the Secret, with KEPTN_CA_FILE=/etc/keptn/ca.crt, and of a ConfigMap for init containers, KEPTN_CA_CONFIG_MAP.",
};

const nats: Note = {
  section: "changes",
  text: "Events come over Keptn's NATS the moment they are sent; JES asked the API every second, for each type. Other events than open tasks can come too, `.finished` among them, where we subscribe to them.",
};

const polling: Note = {
  section: "changes",
  text: "Events come by asking Keptn's API, as with JES; not every second, and by a small program of its own (component keptn-source-polling).",
};
