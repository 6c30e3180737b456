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
import { leftOut, note, type Part, patch, type Row, setting } from "./parts.ts";
import { isMap, type Values } from "./values.ts";

const taskAccount = { apiVersion: "v1", kind: "ServiceAccount", name: "job-executor-task" };

const isFilled = (value: Tree | undefined): value is { [key: string]: Tree } =>
  isMap(value) && Object.keys(value).length > 0;

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

const makePrivileged = (values: Values): Part[] =>
  values.isTrue("jobConfig.allowPrivilegedJobs")
    ? [setting("ALLOW_PRIVILEGED_JOBS", "true"), ...makeLevel("privileged", "Privileged tasks are allowed")]
    : [];

interface ContextRow {
  readonly value: string;
  readonly name: string;
  readonly makeSchema: typeof makeSecurityContextSchema | typeof makePodSecurityContextSchema;
}

const podContext = {
  value: "jobConfig.podSecurityContext",
  name: "POD_SECURITY_CONTEXT",
  makeSchema: makePodSecurityContextSchema,
} as const;
const jobContext = {
  value: "jobConfig.jobSecurityContext",
  name: "JOB_SECURITY_CONTEXT",
  makeSchema: makeSecurityContextSchema,
} as const;

const parseContext = ({ value, makeSchema }: ContextRow, values: Values) =>
  makeSchema().safeParse(spelledAsKubernetes(values.get(value) ?? {}));

const firstBeyondBaseline = (values: Values): ContextRow | undefined =>
  [podContext, jobContext].find((row) => {
    const context = parseContext(row, values).data as TaskSecurityContext | undefined;
    return flawsOfBaseline(context ?? {}).length > 0;
  });

/** A namespace has one level, for both contexts. */
const levelFor = (values: Values): "baseline" | "privileged" =>
  firstBeyondBaseline(values) ? "privileged" : "baseline";

const contextRow = (row: ContextRow): Row => ({
  value: row.value,
  becomes: `\`${row.name}\`, as JSON`,
  make: ({ isChanged, values }) => {
    if (!isChanged) return [];
    const parsed = parseContext(row, values);
    if (!parsed.success) return parsed.error.issues.map((issue) => notUnderstood(row.value, issue));
    const flaws = flawsOfRestricted(parsed.data as TaskSecurityContext);
    const isLoose = flaws.length > 0 && !values.isTrue("jobConfig.allowPrivilegedJobs");
    const isBeyond = isLoose && row === firstBeyondBaseline(values);
    return [
      setting(row.name, JSON.stringify(parsed.data)),
      // Without it, the plan refuses anything beyond `baseline`; JES only checked `privileged`.
      ...(isBeyond ? [setting("ALLOW_PRIVILEGED_JOBS", "true")] : []),
      ...(isLoose ? makeLevel(levelFor(values), `It requests ${flaws.map(({ says }) => says).join(", ")}`) : []),
    ];
  },
});

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
  {
    value: "jobConfig.serviceAccount.annotations",
    becomes: "Annotations of the service account `job-executor-task`",
    make: ({ value }) => (isFilled(value) ? [patch(taskAccount, { metadata: { annotations: value } })] : []),
  },
  // The chart's templates have `create | default true`, where false counts as empty.
  leftOut(
    "jobConfig.serviceAccount.create",
    "Nothing. JES's chart always created an account, and so do we. Set `DEFAULT_JOB_SERVICE_ACCOUNT` to run tasks as another one.",
  ),
  {
    value: "jobConfig.serviceAccount.name",
    becomes: "Nothing: tasks run as `job-executor-task`",
    make: ({ isChanged }) => (isChanged ? [note("todo", renamed)] : []),
  },
  {
    value: "jobConfig.allowedImageList",
    becomes: "`ALLOWED_IMAGE_LIST`, with `**` for each `*` that may match more than one part of a name",
    make: ({ value }) => translateImages(typeof value === "string" ? value : ""),
  },
  {
    value: "jobConfig.labels",
    becomes: "`JOB_LABELS`; they are also set on pods",
    make: ({ value }) => (isFilled(value) ? [setting("JOB_LABELS", JSON.stringify(value))] : []),
  },
  {
    value: "jobConfig.allowPrivilegedJobs",
    becomes: "`ALLOW_PRIVILEGED_JOBS`, and the Pod Security level of the namespace",
    make: ({ values }) => makePrivileged(values),
  },
  contextRow(podContext),
  contextRow(jobContext),
  {
    value: "jobConfig.taskDeadlineSeconds",
    becomes: "`TASK_DEADLINE_SECONDS`",
    make: ({ value, isChanged }) =>
      isChanged && typeof value === "string" ? [setting("TASK_DEADLINE_SECONDS", value)] : [],
  },
  {
    value: "jobConfig.networkPolicy",
    becomes: "Component `network-policies`; `blockCIDRs` in its policy `tasks`",
    make: ({ values }) => makeTaskNetwork(values),
  },
];
