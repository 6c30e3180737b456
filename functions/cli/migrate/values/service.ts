// JES's values for its own pod, and for names.
import { filled, leftOut, note, patch, type Row, row, setting } from "./parts.ts";

const functions = { apiVersion: "serving.knative.dev/v1", kind: "Service" };
const source = { apiVersion: "apps/v1", kind: "Deployment", name: "keptn-source" };
const accounts = (name: string) => ({ apiVersion: "v1", kind: "ServiceAccount", name });

const makePullSecrets: Row["make"] = ({ values }) => {
  const secrets = values.get("imagePullSecrets");
  if (!Array.isArray(secrets) || secrets.length === 0) return [];
  const text =
    "The image pull secrets must also exist in the namespace. The tasks' account has them too, because their init containers use our image; a service account that a task sets itself needs them as well, or FILES_MODE=snapshot.";
  return [
    patch(accounts("start-job|finish-task|keptn-source|job-executor-task"), { imagePullSecrets: secrets }),
    note("todo", text),
  ];
};

const placing =
  "Nothing: by default, Knative does not accept them. If its ConfigMap config-features allows kubernetes.podspec-nodeselector, -tolerations and -affinity, patch them into spec.template.spec of the Services; the Deployment keptn-source always accepts them.";

const makeName: Row["make"] = ({ values }) => {
  const name = values.text("fullnameOverride").slice(0, 63).replace(/-$/, "");
  if (name === "") return [];
  const policies = ["jobConfig.networkPolicy.enabled", "networkPolicy.ingress.enabled"];
  const selector = { spec: { podSelector: { matchLabels: { "app.kubernetes.io/managed-by": name } } } };
  const policy = patch({ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", name: "tasks" }, selector);
  return [setting("FULL_DEPLOYMENT_NAME", name), ...(policies.some(values.isTrue) ? [policy] : [])];
};

export const serviceRows: readonly Row[] = [
  leftOut("replicaCount", "Nothing: Knative starts pods when events arrive, and stops them afterwards."),
  leftOut("image", "Nothing: our image is a different one. Set it under `images` in the overlay (`migrate --image`)."),
  leftOut("jobexecutorserviceinitcontainer", "Nothing: init containers run the image of the functions."),
  leftOut(
    "distributor",
    "Nothing. It had no effect in JES 0.3.0 either; filters for project, stage and service belong to the subscriptions in Keptn's Bridge.",
  ),
  row("imagePullSecrets", "`imagePullSecrets` of the service accounts of the functions and of tasks", makePullSecrets),
  filled(
    "serviceAccount.annotations",
    "Annotations of the accounts `start-job`, `finish-task` and `keptn-source`",
    (annotations) => [patch(accounts("start-job|finish-task|keptn-source"), { metadata: { annotations } })],
  ),
  leftOut(
    "serviceAccount",
    "Nothing: each function has its own account with only the rights it uses. None can read Secrets.",
  ),
  leftOut("config", "Nothing. It had no effect in JES 0.3.0 either."),
  filled("podAnnotations", "Annotations of the pods of the functions and of keptn-source", (annotations) =>
    [functions, source].map((target) => patch(target, { spec: { template: { metadata: { annotations } } } })),
  ),
  leftOut("podSecurityContext", "Nothing: the functions' pods comply with the Pod Security level `restricted`."),
  leftOut("securityContext", "Nothing: the functions' containers comply with the Pod Security level `restricted`."),
  leftOut("service", "Nothing: Knative routes requests to the functions, only inside the cluster."),
  leftOut(
    "resources",
    "Nothing: the functions' resources are in manifests/base, and small; patch them for higher load.",
  ),
  ...["nodeSelector", "tolerations", "affinity"].map((value) => leftOut(value, placing)),
  row("fullnameOverride", "`FULL_DEPLOYMENT_NAME`: the label app.kubernetes.io/managed-by of Jobs and pods", makeName),
  leftOut("nameOverride", "Nothing: our objects have the names in manifests/."),
  leftOut("global", "Nothing: the chart does not use it."),
];
