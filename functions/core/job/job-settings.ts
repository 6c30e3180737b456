// The operator's rules for Jobs: what tasks may ask for, and what they get without asking. Names and defaults as in JES.
import type * as z from "zod";
import { isLabelValue, isQualifiedName, parseQuantity } from "../config/kubernetes-names.ts";
import {
  makePodSecurityContextSchema,
  makeSecurityContextSchema,
  type TaskSecurityContext,
} from "../config/security-context-schema.ts";
import type { Tree } from "../config/yaml-tree.ts";
import { choice, flag, list, requiredText, settingType, size, text, whole, wrong } from "../setting-types.ts";
import { jsonTree, smallFirst } from "./json-tree.ts";

/** A quantity, or `none`. */
const quantity = (fallback: string) =>
  settingType("quantity, or none", fallback, (text) => {
    if (text === "none") return { value: "" };
    return parseQuantity(text) === undefined ? wrong("is not a quantity such as 500m or 128Mi") : { value: text };
  });

/** JSON, as JES's chart writes it. @param makeSchema called only where the setting is given */
const jsonOf = <T>(makeSchema: () => z.ZodType<T>, fallback: T) =>
  settingType("JSON", fallback, (text) => {
    const parsed = makeSchema().safeParse(jsonTree(text, smallFirst));
    if (parsed.success) return { value: parsed.data };
    return wrong(...parsed.error.issues.map(({ path, message }) => `is wrong at "${path.join(".")}": ${message}`));
  });

/** Kueue, pkg/controller/constants: who has it is admitted by its queue, which lifts the suspension. */
export const kueueLabel = "kueue.x-k8s.io/queue-name";

const labels = settingType<Readonly<Record<string, string>>>("labels", {}, (text) => {
  const tree = text.trimStart().startsWith("{") ? jsonTree(text) : Object.fromEntries(pairsOf(text));
  if (!isFlatMap(tree)) return wrong("is not a map of labels");
  if (kueueLabel in tree)
    return wrong(
      `has the label ${kueueLabel}, by which Kueue starts suspended Jobs: it would run the tasks of an action all at once`,
    );
  const bad = Object.entries(tree).find(([key, value]) => !isQualifiedName(key) || !isLabelValue(value));
  return bad ? wrong(`has no valid label ${bad.join("=")}`) : { value: tree };
});

const isFlatMap = (tree: Tree): tree is Readonly<Record<string, string>> =>
  typeof tree === "object" &&
  tree !== null &&
  !Array.isArray(tree) &&
  Object.values(tree).every((value) => typeof value === "string");

const pairsOf = (value: string): (readonly [string, string])[] =>
  value.split(",").map((pair) => {
    const [key = "", ...rest] = pair.split("=");
    return [key.trim(), rest.join("=").trim()];
  });

/** Kinds of volumes, each with a pattern of names behind a colon, if not every one is meant. */
const volumes = settingType<readonly string[]>("list of kinds, or none", ["emptyDir", "configMap"], (text) => {
  const entries =
    text === "none"
      ? []
      : text
          .split(",")
          .map((entry) => entry.trim())
          .filter((entry) => entry !== "");
  const bad = entries.find((entry) => !/^(claim|configMap|secret)(:.+)?$|^emptyDir$/.test(entry));
  return bad === undefined
    ? { value: entries }
    : wrong(`has ${JSON.stringify(bad)}: write emptyDir, configMap, secret or claim, or such as claim:cache-*`);
});

/** As in JES's chart; `ALL` in capitals, which the Pod Security level `restricted` asks for. */
const restricted = {
  privileged: false,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  runAsUser: 1000,
  runAsGroup: 2000,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" as const },
};

type PodSecurityContext = z.output<ReturnType<typeof makePodSecurityContextSchema>>;

const restrictedPod = {
  runAsUser: 1000,
  runAsGroup: 2000,
  runAsNonRoot: true,
  fsGroup: 2000,
  seccompProfile: { type: "RuntimeDefault" as const },
};

/** Kustomize puts the name in that the account has in the overlay (manifests/base/name-references.yaml). */
const ownAccount = (program: string) =>
  requiredText(program).describe(`Service account of ${program}: no task may run as it.`);

export const jobSettings = {
  ALLOWED_IMAGE_LIST: list().describe(
    "Images that tasks may use, comma separated; * is anything but /, ** is anything. Empty: every image.",
  ),
  ALLOW_PRIVILEGED_JOBS: flag(false).describe(
    "May a task ask for more than the Pod Security level `baseline` allows: to run privileged, capabilities beside the usual ones, no seccomp or AppArmor profile, ...?",
  ),
  JOB_POD_SECURITY_LEVEL: choice(["privileged", "baseline", "restricted"], undefined).describe(
    "Pod Security level that JOB_NAMESPACE enforces: a task that it would refuse is refused before anything is created. Empty: not known. The overlays copy it from the namespace's label pod-security.kubernetes.io/enforce.",
  ),
  ALLOWED_NAMESPACES: list().describe(
    "Namespaces that tasks may name beside JOB_NAMESPACE, comma separated, * for any part of a name; *: every one. A name with * needs the component any-namespace: rights in every namespace.",
  ),
  ALLOWED_SERVICE_ACCOUNTS: list().describe(
    "Service accounts that tasks may name, comma separated, * for any part of a name. Empty: every one but ours.",
  ),
  DENIED_SECRETS: list().describe(
    "Secrets that no task may name, comma separated, * for any part of a name. KEPTN_SECRET_NAME, Secrets with tokens of our service accounts and those of the components are always among them.",
  ),
  ALLOWED_VOLUMES: volumes.describe(
    "What tasks may mount: emptyDir, configMap, secret, claim, comma separated; claim:cache-* for claims with such a name, none for nothing. A folder of a node never.",
  ),
  MAX_VOLUME_SIZE: size("1Gi").describe(
    "Most room that a task may ask for: its /keptn (`volume`) and each emptyDir of its `volumes` together.",
  ),
  ALLOWED_CONFIG_MAPS: list().describe(
    "ConfigMaps that tasks may name, comma separated, * for any part of a name. Empty: every one.",
  ),
  ALLOWED_IMAGE_PULL_SECRETS: list().describe(
    "Secrets that tasks may name as imagePullSecrets, comma separated, * for any part of a name. Empty: every one that no task is denied.",
  ),
  ALLOWED_NODE_SELECTORS: list().describe(
    "Labels of nodes that tasks may select: name or name=value, comma separated, * for any part of it. Empty: none.",
  ),
  ALLOWED_TOLERATIONS: list().describe(
    "Taints that tasks may tolerate: name=value:effect, comma separated, * for any part of it; without value or effect where a task leaves them open. Empty: none.",
  ),
  ALLOWED_PRIORITY_CLASSES: list().describe(
    "Priority classes that tasks may name, comma separated, * for any part of a name. Empty: none.",
  ),
  ALLOWED_RUNTIME_CLASSES: list().describe(
    "Runtime classes that tasks may name, comma separated, * for any part of a name. Empty: none.",
  ),
  ALLOWED_LABELS: list().describe(
    "Labels that tasks may have: name or name=value, comma separated, * for any part of it. Empty: none.",
  ),
  DEFAULT_JOB_SERVICE_ACCOUNT: text().describe("Service account of a task that names none; its token is not mounted."),
  START_JOB_SERVICE_ACCOUNT: ownAccount("start-job"),
  FINISH_TASK_SERVICE_ACCOUNT: ownAccount("finish-task"),
  JOB_CHANGES_SERVICE_ACCOUNT: ownAccount("job-changes"),
  KEPTN_SOURCE_SERVICE_ACCOUNT: ownAccount("keptn-source"),
  DEFAULT_RESOURCE_LIMITS_CPU: quantity("1").describe("Where a task has no `resources`; none: no limit."),
  DEFAULT_RESOURCE_LIMITS_MEMORY: quantity("512Mi").describe("Where a task has no `resources`; none: no limit."),
  DEFAULT_RESOURCE_REQUESTS_CPU: quantity("50m").describe("Where a task has no `resources`; none: no request."),
  DEFAULT_RESOURCE_REQUESTS_MEMORY: quantity("128Mi").describe("Where a task has no `resources`; none: no request."),
  TASK_DEADLINE_SECONDS: whole(0).describe("Longest time that any task may take; 0: only its own maxPollDuration."),
  JOB_LABELS: labels.describe("Labels on every Job and its pod: name=value, comma separated, or a JSON object."),
  JOB_SECURITY_CONTEXT: jsonOf<TaskSecurityContext>(makeSecurityContextSchema, restricted).describe(
    "Security context of every container, as JSON; a task's own goes on top of it.",
  ),
  POD_SECURITY_CONTEXT: jsonOf<PodSecurityContext>(makePodSecurityContextSchema, restrictedPod).describe(
    "Security context of every pod, as JSON.",
  ),
  INIT_CONTAINER_IMAGE: requiredText("job-executor-functions").describe(
    "Our own image, which fetches the files of a task in an init container.",
  ),
  KEPTN_SECRET_NAME: requiredText("job-service-keptn-secrets").describe(
    "Secret with Keptn's credentials in the namespaces of Jobs; only init containers see it.",
  ),
  KEPTN_SECRET_TOKEN_KEY: requiredText("token").describe("Its key with the API token."),
  KEPTN_SECRET_OAUTH_KEY: requiredText("oauth_client_secret").describe("Its key with the OAuth client's secret."),
  KEPTN_CA_CONFIG_MAP: text().describe(
    "ConfigMap in the namespaces of Jobs whose key ca.crt holds the authorities of Keptn's certificate.",
  ),
};
