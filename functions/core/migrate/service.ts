// What JES's chart said about JES's own pod, and about names.
import { leftOut, note, type Part, patch, type Row, setting } from "./parts.ts";
import { isMap, type Values } from "./values.ts";

const functions = { apiVersion: "serving.knative.dev/v1", kind: "Service" };
const source = { apiVersion: "apps/v1", kind: "Deployment", name: "keptn-source" };
const accounts = (names: string) => ({ apiVersion: "v1", kind: "ServiceAccount", name: names });

const makePullSecrets = (values: Values): Part[] => {
  const secrets = values.get("imagePullSecrets");
  if (!Array.isArray(secrets) || secrets.length === 0) return [];
  const text =
    "The image pull secrets have to be in the namespace too. The account of tasks has them as well, because our image is in their init containers; a service account that a task names for itself needs them, or FILES_MODE=snapshot.";
  return [
    patch(accounts("start-job|finish-task|keptn-source|job-executor-task"), { imagePullSecrets: secrets }),
    note("todo", text),
  ];
};

const placing =
  "Nothing: Knative leaves the choice of nodes to Kubernetes. Where its ConfigMap config-features allows kubernetes.podspec-nodeselector, -tolerations and -affinity, patch them into spec.template.spec of the Services; the Deployment keptn-source takes them anyhow.";

const makeName = (values: Values): Part[] => {
  const name = values.text("fullnameOverride").slice(0, 63).replace(/-$/, "");
  if (name === "") return [];
  const policies = ["jobConfig.networkPolicy.enabled", "networkPolicy.ingress.enabled"];
  const selector = { spec: { podSelector: { matchLabels: { "app.kubernetes.io/managed-by": name } } } };
  const policy = patch({ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", name: "tasks" }, selector);
  return [setting("FULL_DEPLOYMENT_NAME", name), ...(policies.some(values.isTrue) ? [policy] : [])];
};

const annotated = (value: string, becomes: string, make: (annotations: object) => Part[]): Row => ({
  value,
  becomes,
  make: ({ value: given }) => (isMap(given) && Object.keys(given).length > 0 ? make(given) : []),
});

export const serviceRows: readonly Row[] = [
  leftOut("replicaCount", "Nothing: Knative starts pods when events come, and stops them after."),
  leftOut("image", "Nothing: our image is another one. It stands under `images` of the overlay (`migrate --image`)."),
  leftOut("jobexecutorserviceinitcontainer", "Nothing: init containers run the image of the functions."),
  leftOut(
    "distributor",
    "Nothing. It had no effect in JES 0.3.0 either; filters for project, stage and service belong to the subscriptions in Keptn's Bridge.",
  ),
  {
    value: "imagePullSecrets",
    becomes: "`imagePullSecrets` of the service accounts of the functions and of tasks",
    make: ({ values }) => makePullSecrets(values),
  },
  annotated(
    "serviceAccount.annotations",
    "Annotations of the accounts `start-job`, `finish-task` and `keptn-source`",
    (annotations) => [patch(accounts("start-job|finish-task|keptn-source"), { metadata: { annotations } })],
  ),
  leftOut(
    "serviceAccount",
    "Nothing: the functions have accounts of their own, with the rights that they use. No right to read Secrets is among them.",
  ),
  leftOut("config", "Nothing. It had no effect in JES 0.3.0 either."),
  annotated("podAnnotations", "Annotations of the pods of the functions and of keptn-source", (annotations) =>
    [functions, source].map((target) => patch(target, { spec: { template: { metadata: { annotations } } } })),
  ),
  leftOut("podSecurityContext", "Nothing: the functions' pods keep to the Pod Security level `restricted`."),
  leftOut("securityContext", "Nothing: the functions' containers keep to the Pod Security level `restricted`."),
  leftOut("service", "Nothing: Knative makes the way to the functions, inside the cluster only."),
  leftOut("resources", "Nothing: the functions' are in manifests/base, and small; patch them if yours do more."),
  leftOut("nodeSelector", placing),
  leftOut("tolerations", placing),
  leftOut("affinity", placing),
  {
    value: "fullnameOverride",
    becomes: "`FULL_DEPLOYMENT_NAME`: the label app.kubernetes.io/managed-by of Jobs and pods",
    make: ({ values }) => makeName(values),
  },
  leftOut("nameOverride", "Nothing: our objects have the names that manifests/ gives them."),
  leftOut("global", "Nothing: the chart has no use for it."),
];
