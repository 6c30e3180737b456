// The operator's rules for Jobs: what tasks may ask for, and what they get without asking. Names and defaults as in JES.
import * as z from "zod";
import { isLabelValue, isQualifiedName, parseQuantity } from "../config/kubernetes-names.ts";
import { podSecurityContextSchema, securityContextSchema } from "../config/security-context-schema.ts";
import { flag, kind, list, requiredText, text, whole } from "../setting-types.ts";
import { jsonTree, smallFirst } from "./json-tree.ts";

/** A quantity, or `none`. */
const quantity = (fallback: string) =>
  z
    .string()
    .refine(
      (value) => value === "none" || parseQuantity(value) !== undefined,
      "is not a quantity such as 500m or 128Mi",
    )
    .transform((value) => (value === "none" ? "" : value))
    .meta(kind("quantity, or none"))
    .default(fallback);

/** JSON, as JES's chart writes it. */
const jsonOf = <T>(schema: z.ZodType<T>, fallback: T) =>
  z
    .string()
    .transform((value, context): T => {
      const parsed = schema.safeParse(jsonTree(value, smallFirst));
      if (parsed.success) return parsed.data;
      for (const { path, message } of parsed.error.issues) {
        context.addIssue({ code: "custom", message: `is wrong at "${path.join(".")}": ${message}` });
      }
      return z.NEVER;
    })
    .meta(kind("JSON"))
    .default(() => fallback as never);

const labels = z
  .string()
  .transform((value, context): Readonly<Record<string, string>> => {
    const tree = value.trimStart().startsWith("{") ? jsonTree(value) : Object.fromEntries(pairsOf(value));
    const parsed = z.record(z.string(), z.string()).safeParse(tree);
    const bad = Object.entries(parsed.data ?? {}).find(([key, text]) => !isQualifiedName(key) || !isLabelValue(text));
    if (parsed.success && !bad) return parsed.data;
    context.addIssue({
      code: "custom",
      message: bad ? `has no valid label ${bad.join("=")}` : "is not a map of labels",
    });
    return z.NEVER;
  })
  .meta(kind("labels"))
  .default({});

const pairsOf = (value: string): (readonly [string, string])[] =>
  value.split(",").map((pair) => {
    const [key = "", ...rest] = pair.split("=");
    return [key.trim(), rest.join("=").trim()];
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

const restrictedPod = {
  runAsUser: 1000,
  runAsGroup: 2000,
  runAsNonRoot: true,
  fsGroup: 2000,
  seccompProfile: { type: "RuntimeDefault" as const },
};

export const jobSettings = {
  ALLOWED_IMAGE_LIST: list().describe(
    "Images that tasks may use, comma separated; * is anything but /, ** is anything. Empty: every image.",
  ),
  ALLOW_PRIVILEGED_JOBS: flag(false).describe("May a task run privileged?"),
  ALLOWED_NAMESPACES: list().describe(
    "Namespaces that tasks may name beside JOB_NAMESPACE, comma separated; *: every one, if our Roles are cluster-wide.",
  ),
  ALLOWED_SERVICE_ACCOUNTS: list().describe("Service accounts that tasks may name, comma separated. Empty: every one."),
  DEFAULT_JOB_SERVICE_ACCOUNT: text().describe("Service account of a task that names none; its token is not mounted."),
  DEFAULT_RESOURCE_LIMITS_CPU: quantity("1").describe("Where a task has no `resources`; none: no limit."),
  DEFAULT_RESOURCE_LIMITS_MEMORY: quantity("512Mi").describe("Where a task has no `resources`; none: no limit."),
  DEFAULT_RESOURCE_REQUESTS_CPU: quantity("50m").describe("Where a task has no `resources`; none: no request."),
  DEFAULT_RESOURCE_REQUESTS_MEMORY: quantity("128Mi").describe("Where a task has no `resources`; none: no request."),
  TASK_DEADLINE_SECONDS: whole(0).describe("Longest time that any task may take; 0: only its own maxPollDuration."),
  JOB_LABELS: labels.describe("Labels on every Job and its pod: name=value, comma separated, or a JSON object."),
  JOB_SECURITY_CONTEXT: jsonOf(securityContextSchema, restricted).describe(
    "Security context of every container, as JSON; a task's own goes on top of it.",
  ),
  POD_SECURITY_CONTEXT: jsonOf(podSecurityContextSchema, restrictedPod).describe(
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
