// JES's values for tasks: images, labels, security, accounts, networks.
import {
  makePodSecurityContextSchema,
  makeSecurityContextSchema,
  type TaskSecurityContext,
} from "../../../lib/core/config/security-context-schema.ts";
import { flawsOfBaseline, flawsOfRestricted } from "../../../lib/core/policy/pod-security.ts";
import { jsonTree, smallFirst } from "../../../lib/core/yaml/json-tree.ts";
import type { Tree } from "../../../lib/core/yaml/tree.ts";
import { translateImages } from "./image-list.ts";
import { makeTaskNetwork } from "./network.ts";
import { filled, leftOut, note, type Part, patch, type Row, row, setting } from "./parts.ts";
import type { Values } from "./values.ts";

const taskAccount = { apiVersion: "v1", kind: "ServiceAccount", name: "job-executor-task" };

const renamed = "Tasks run as the service account `job-executor-task`. Grant it the rights that JES's account had.";

const makeLevel = (level: "baseline" | "privileged", why: string): Part[] => [
  patch(
    { apiVersion: "v1", kind: "Namespace" },
    { metadata: { labels: { "pod-security.kubernetes.io/enforce": level } } },
  ),
  note(
    "changes",
    `${why}, so the namespace's Pod Security level is \`${level}\`, not \`restricted\`. A separate namespace for such tasks isolates the functions from them (component other-namespaces).`,
  ),
];

const makePrivileged: Row["make"] = ({ values }) =>
  values.isTrue("jobConfig.allowPrivilegedJobs")
    ? [setting("ALLOW_PRIVILEGED_JOBS", "true"), ...makeLevel("privileged", "Privileged tasks are allowed")]
    : [];

const contexts = {
  POD_SECURITY_CONTEXT: { value: "jobConfig.podSecurityContext", makeSchema: makePodSecurityContextSchema },
  JOB_SECURITY_CONTEXT: { value: "jobConfig.jobSecurityContext", makeSchema: makeSecurityContextSchema },
} as const;

type ContextName = keyof typeof contexts;

const parseContext = (name: ContextName, values: Values) =>
  contexts[name].makeSchema().safeParse(spelledAsKubernetes(values.get(contexts[name].value) ?? {}));

const firstBeyondBaseline = (values: Values): ContextName | undefined =>
  (["POD_SECURITY_CONTEXT", "JOB_SECURITY_CONTEXT"] as const).find((name) => {
    const context = parseContext(name, values).data as TaskSecurityContext | undefined;
    return flawsOfBaseline(context ?? {}).length > 0;
  });

const contextRow = (name: ContextName): Row => {
  const { value } = contexts[name];
  return row(value, `\`${name}\`, as JSON`, ({ isChanged, values }) => {
    if (!isChanged) return [];
    const parsed = parseContext(name, values);
    if (!parsed.success) return parsed.error.issues.map((issue) => notUnderstood(value, issue));
    const context = setting(name, JSON.stringify(parsed.data));
    const flaws = flawsOfRestricted(parsed.data as TaskSecurityContext);
    if (flaws.length === 0 || values.isTrue("jobConfig.allowPrivilegedJobs")) return [context];
    const beyond = firstBeyondBaseline(values);
    return [
      context,
      // Without it, the plan refuses anything beyond `baseline`; JES only checked `privileged`.
      ...(beyond === name ? [setting("ALLOW_PRIVILEGED_JOBS", "true")] : []),
      // A namespace has one level, for both contexts.
      ...makeLevel(beyond ? "privileged" : "baseline", `It requests ${flaws.map(({ says }) => says).join(", ")}`),
    ];
  });
};

/** JES's chart writes `RunAsUser`, which Go reads as `runAsUser`. */
const spelledAsKubernetes = (context: Tree): Tree => jsonTree(JSON.stringify(context), smallFirst);

const notUnderstood = (value: string, issue: { path: PropertyKey[]; message: string }): Part => ({
  kind: "problem",
  problem: {
    code: "bad-values",
    severity: "error",
    message: `${[value, ...issue.path.map(String)].join(".")}: ${issue.message}.`,
    fix: "Write it as in Kubernetes.",
  },
});

export const jobRows: readonly Row[] = [
  filled(
    "jobConfig.serviceAccount.annotations",
    "Annotations of the service account `job-executor-task`",
    (annotations) => [patch(taskAccount, { metadata: { annotations } })],
  ),
  // The chart's templates have `create | default true`, where false counts as empty.
  leftOut(
    "jobConfig.serviceAccount.create",
    "Nothing. JES's chart always created an account, and so do we. Set `DEFAULT_JOB_SERVICE_ACCOUNT` to run tasks as another one.",
  ),
  row("jobConfig.serviceAccount.name", "Nothing: tasks run as `job-executor-task`", ({ isChanged }) =>
    isChanged ? [note("todo", renamed)] : [],
  ),
  row(
    "jobConfig.allowedImageList",
    "`ALLOWED_IMAGE_LIST`, with `**` for each `*` that may match more than one part of a name",
    ({ value }) => translateImages(typeof value === "string" ? value : ""),
  ),
  filled("jobConfig.labels", "`JOB_LABELS`; they are also set on pods", (labels) => [
    setting("JOB_LABELS", JSON.stringify(labels)),
  ]),
  row(
    "jobConfig.allowPrivilegedJobs",
    "`ALLOW_PRIVILEGED_JOBS`, and the Pod Security level of the namespace",
    makePrivileged,
  ),
  contextRow("POD_SECURITY_CONTEXT"),
  contextRow("JOB_SECURITY_CONTEXT"),
  row("jobConfig.taskDeadlineSeconds", "`TASK_DEADLINE_SECONDS`", ({ value, isChanged }) =>
    isChanged && typeof value === "string" ? [setting("TASK_DEADLINE_SECONDS", value)] : [],
  ),
  row("jobConfig.networkPolicy", "Component `network-policies`; `blockCIDRs` in its policy `tasks`", makeTaskNetwork),
];
