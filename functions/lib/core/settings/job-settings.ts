// The operator's rules for Jobs: what tasks may request, and their defaults. Names and defaults as in JES.
import type * as z from "zod";
import { isLabelValue, isQualifiedName, parseQuantity } from "../config/kubernetes-names.ts";
import {
  makePodSecurityContextSchema,
  makeSecurityContextSchema,
  type TaskSecurityContext,
} from "../config/security-context-schema.ts";
import { jsonTree, smallFirst } from "../yaml/json-tree.ts";
import type { Tree } from "../yaml/tree.ts";
import { choice, flag, list, requiredText, settingType, size, text, whole, wrong } from "./setting-types.ts";

/** A quantity, or `none`. */
const quantity = (fallback: string) =>
  settingType("quantity, or none", fallback, (text) => {
    if (text === "none") return { value: "" };
    return parseQuantity(text) === undefined ? wrong("is not a quantity such as 500m or 128Mi") : { value: text };
  });

/** JSON, as JES's chart writes it. @param makeSchema called only when the setting is given */
const jsonOf = <T>(makeSchema: () => z.ZodType<T>, fallback: T) =>
  settingType("JSON", fallback, (text) => {
    const parsed = makeSchema().safeParse(jsonTree(text, smallFirst));
    if (parsed.success) return { value: parsed.data };
    return wrong(...parsed.error.issues.map(({ path, message }) => `is invalid at "${path.join(".")}": ${message}`));
  });

/** Kueue, pkg/controller/constants: a Job with this label is admitted by its queue, which lifts the suspension. */
export const kueueLabel = "kueue.x-k8s.io/queue-name";

const labels = settingType<Readonly<Record<string, string>>>("labels", {}, (text) => {
  const tree = text.trimStart().startsWith("{") ? jsonTree(text) : Object.fromEntries(pairsOf(text));
  if (!isFlatMap(tree)) return wrong("is not a map of labels");
  if (kueueLabel in tree)
    return wrong(
      `contains the label ${kueueLabel}: Kueue starts suspended Jobs that have it, so all tasks of an action would run at once`,
    );
  const bad = Object.entries(tree).find(([key, value]) => !isQualifiedName(key) || !isLabelValue(value));
  return bad ? wrong(`contains the invalid label ${bad.join("=")}`) : { value: tree };
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

/** Kinds of volumes, each optionally limited to names: `claim:cache-*`. */
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
    : wrong(
        `contains ${JSON.stringify(bad)}: write emptyDir, configMap, secret or claim, or a pattern such as claim:cache-*`,
      );
});

/** As in JES's chart, but with `ALL` in capitals, which the Pod Security level `restricted` requires. */
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

/** Kustomize sets the account's name in the overlay (manifests/base/name-references.yaml). */
const ownAccount = (program: string) =>
  requiredText(program).describe(`Service account of ${program}; no task may run as it.`);

export const jobSettings = {
  ALLOWED_IMAGE_LIST: list().describe(
    "Images that tasks may use, comma separated; * matches anything except /, ** matches anything. Empty: every image.",
  ),
  ALLOW_PRIVILEGED_JOBS: flag(false).describe(
    "true: tasks may exceed the Pod Security level `baseline`: privileged containers, additional capabilities, no seccomp or AppArmor profile, and so on.",
  ),
  JOB_POD_SECURITY_LEVEL: choice(["privileged", "baseline", "restricted"], undefined).describe(
    "Pod Security level that JOB_NAMESPACE enforces. A task that violates it is refused before anything is created. Empty: unknown. The overlays copy it from the namespace's label pod-security.kubernetes.io/enforce.",
  ),
  ALLOWED_NAMESPACES: list().describe(
    "Namespaces that tasks may use in addition to JOB_NAMESPACE, comma separated; * matches any part of a name, * alone every namespace. A name with * needs the component any-namespace, which grants rights in every namespace.",
  ),
  ALLOWED_SERVICE_ACCOUNTS: list().describe(
    "Service accounts that tasks may use, comma separated; * matches any part of a name. Empty: every one except ours.",
  ),
  DENIED_SECRETS: list().describe(
    "Secrets that no task may use, comma separated; * matches any part of a name. KEPTN_SECRET_NAME, token Secrets of our service accounts and Secrets of the components are always denied.",
  ),
  ALLOWED_VOLUMES: volumes.describe(
    "Volumes that tasks may mount: emptyDir, configMap, secret, claim, comma separated. claim:cache-* allows only claims with matching names; none allows nothing. Folders of a node are never allowed.",
  ),
  MAX_VOLUME_SIZE: size("1Gi").describe(
    "Maximum space that a task may request: its /keptn (`volume`) plus every emptyDir of its `volumes`.",
  ),
  ALLOWED_CONFIG_MAPS: list().describe(
    "ConfigMaps that tasks may use, comma separated; * matches any part of a name. Empty: every ConfigMap.",
  ),
  ALLOWED_IMAGE_PULL_SECRETS: list().describe(
    "Secrets that tasks may use as imagePullSecrets, comma separated; * matches any part of a name. Empty: every Secret that is not denied.",
  ),
  ALLOWED_NODE_SELECTORS: list().describe(
    "Node labels that tasks may select: name or name=value, comma separated; * matches any part. Empty: none.",
  ),
  ALLOWED_TOLERATIONS: list().describe(
    "Taints that tasks may tolerate: name=value:effect, comma separated; * matches any part. A toleration without value or effect needs an entry without them. Empty: none.",
  ),
  ALLOWED_PRIORITY_CLASSES: list().describe(
    "Priority classes that tasks may use, comma separated; * matches any part of a name. Empty: none.",
  ),
  ALLOWED_RUNTIME_CLASSES: list().describe(
    "Runtime classes that tasks may use, comma separated; * matches any part of a name. Empty: none.",
  ),
  ALLOWED_LABELS: list().describe(
    "Labels that tasks may set: name or name=value, comma separated; * matches any part. Empty: none.",
  ),
  DEFAULT_JOB_SERVICE_ACCOUNT: text().describe(
    "Service account of tasks that do not set one; its token is not mounted.",
  ),
  START_JOB_SERVICE_ACCOUNT: ownAccount("start-job"),
  FINISH_TASK_SERVICE_ACCOUNT: ownAccount("finish-task"),
  JOB_CHANGES_SERVICE_ACCOUNT: ownAccount("job-changes"),
  KEPTN_SOURCE_SERVICE_ACCOUNT: ownAccount("keptn-source"),
  DEFAULT_RESOURCE_LIMITS_CPU: quantity("1").describe("CPU limit of tasks without `resources`; none: no limit."),
  DEFAULT_RESOURCE_LIMITS_MEMORY: quantity("512Mi").describe(
    "Memory limit of tasks without `resources`; none: no limit.",
  ),
  DEFAULT_RESOURCE_REQUESTS_CPU: quantity("50m").describe(
    "CPU request of tasks without `resources`; none: no request.",
  ),
  DEFAULT_RESOURCE_REQUESTS_MEMORY: quantity("128Mi").describe(
    "Memory request of tasks without `resources`; none: no request.",
  ),
  TASK_DEADLINE_SECONDS: whole(0).describe(
    "Upper limit for the duration of every task; 0: only its own maxPollDuration.",
  ),
  JOB_LABELS: labels.describe("Labels for every Job and its pod: name=value, comma separated, or a JSON object."),
  JOB_SECURITY_CONTEXT: jsonOf<TaskSecurityContext>(makeSecurityContextSchema, restricted).describe(
    "Security context of every task's container, as JSON; the task's own settings override it.",
  ),
  POD_SECURITY_CONTEXT: jsonOf<PodSecurityContext>(makePodSecurityContextSchema, restrictedPod).describe(
    "Security context of every pod, as JSON.",
  ),
  INIT_CONTAINER_IMAGE: requiredText("job-executor-functions").describe(
    "Image of the init container that fetches a task's files: our own image.",
  ),
  KEPTN_SECRET_NAME: requiredText("job-service-keptn-secrets").describe(
    "Secret with Keptn's credentials in each namespace of Jobs; only init containers see it.",
  ),
  KEPTN_SECRET_TOKEN_KEY: requiredText("token").describe("Key of KEPTN_SECRET_NAME that holds the API token."),
  KEPTN_SECRET_OAUTH_KEY: requiredText("oauth_client_secret").describe(
    "Key of KEPTN_SECRET_NAME that holds the OAuth client's secret.",
  ),
  KEPTN_CA_CONFIG_MAP: text().describe(
    "ConfigMap in each namespace of Jobs whose key ca.crt holds the certificate authorities to trust for Keptn.",
  ),
};
