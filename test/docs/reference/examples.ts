// An example of every problem there is: configs, settings, files and events that have it, and what is said about them.
import { lintJobConfig } from "../../../functions/cli/lint/lint.ts";
import { planMigration } from "../../../functions/cli/migrate/values/plan-migration.ts";
import { parseJobConfig } from "../../../functions/lib/core/config/parse.ts";
import { type KeptnEvent, parseKeptnEvent } from "../../../functions/lib/core/event/keptn-event.ts";
import { parseFetchOrder } from "../../../functions/lib/core/files/fetch-order.ts";
import {
  missingProblem,
  tooLargeProblem,
  tooManyProblem,
  tooMuchProblem,
} from "../../../functions/lib/core/files/file-choice.ts";
import { checkFileName, parseFileEntry } from "../../../functions/lib/core/files/file-names.ts";
import { parseJson } from "../../../functions/lib/core/json/exact-json.ts";
import { planRuns } from "../../../functions/lib/core/plan/plan.ts";
import type { Problem } from "../../../functions/lib/core/problem.ts";
import { parseKeptnSettings } from "../../../functions/lib/core/settings/keptn-settings.ts";
import { parseSettings } from "../../../functions/lib/core/settings/settings.ts";
import { goldenCases } from "../../golden.ts";

export interface Example {
  readonly room: Room;
  /** What has the problems, for people; not there where it would be too long, or is no text. */
  readonly shown?: { readonly language: string; readonly text: string };
  readonly problems: readonly Problem[];
}

export const rooms = {
  config: "In a job config",
  rules: "In a job config, for this event or by the operator's rules",
  jes: "Other than with JES",
  files: "With a task's files",
  settings: "In the settings",
  events: "With an event",
  values: "In JES's Helm values",
} as const;

export type Room = keyof typeof rooms;

const file = "job/config.yaml";

export const makeExamples = (): readonly Example[] => [
  ...goldenCases("lint").map(({ read }) => lintExample("config", read("config.yaml") ?? "")),
  ...goldenCases("from-jes").map(({ read }) => lintExample("jes", read("config.yaml") ?? "")),
  ...goldenCases("plan")
    .filter(({ read }) => read("problems.txt"))
    .map(({ read }) => planExample(read("config.yaml") ?? "", read("event.json"), read("settings.json"))),
  ...tooMuch(),
  ...filesExamples(),
  ...settingsExamples(),
  { room: "events", problems: problemsIn(parseKeptnEvent({ id: "1", type: "sh.keptn.event.test.triggered" })) },
  {
    room: "values",
    problems: problemsIn(planMigration(valuesOf("jobConfig: {jobSecurityContext: {runAsUser: root}}"))),
  },
];

/** Lint's own, then the notes: those of the one kind are no examples of the other. */
const lintExample = (room: "config" | "jes", config: string): Example => {
  const problems = lintJobConfig(config, file, { allowPrivilegedJobs: false, fromJes: room === "jes" });
  const own = problems.filter(({ severity }) => (severity === "note") === (room === "jes"));
  const isText = config.isWellFormed() && !/[^\t\n -~\u00a0-\uffff]/.test(config);
  return { room, ...(isText ? { shown: { language: "yaml", text: config } } : {}), problems: own };
};

const planExample = (config: string, event: string | undefined, env: string | undefined): Example => {
  const settings = JSON.parse(env ?? "{}") as Record<string, string>;
  const lines = Object.entries(settings).map(([name, value]) => `# ${name}=${value}\n`);
  const problems = problemsOfPlan(config, parseJson(event ?? "{}"), settings);
  return { room: "rules", shown: { language: "yaml", text: lines.join("") + config }, problems };
};

const problemsOfPlan = (configText: string, event: unknown, env: Record<string, string>): readonly Problem[] => {
  const [settings, parsed] = [parseSettings(env), parseKeptnEvent(event)];
  if (!("settings" in settings) || parsed.kind !== "event") throw new Error("a golden case of plan is broken");
  return planRuns({ event: parsed.event, configText, configFile: file, settings: settings.settings }).problems;
};

/** Too long to be shown. */
const tooMuch = (): Example[] => {
  const taskOf = (task: object) =>
    JSON.stringify({
      apiVersion: "v2",
      actions: [{ name: "Run", events: [{ name: "test" }], tasks: [{ name: "Run", image: "alpine", ...task }] }],
    });
  const task = { name: "Run", image: "alpine" };
  const actions = [{ name: "Run", events: [{ name: "test" }], tasks: Array(400).fill(task) }];
  const manyTasks = JSON.stringify({ apiVersion: "v2", actions });
  const labels = { a: "x".repeat(90_000), b: "y".repeat(90_000), c: "z".repeat(90_000) };
  const long = { ...event, data: { ...event.data, labels } };
  const copy = { env: [{ name: "ALL", value: "$.data.labels", valueFrom: "event" }] };
  return [
    { room: "config", problems: parseJobConfig(taskOf({ workingDir: "x".repeat(1024 * 1024) }), file).problems },
    { room: "config", problems: parseJobConfig(taskOf({ files: Array(2000).fill("x".repeat(60)) }), file).problems },
    { room: "rules", problems: problemsOfPlan(taskOf({}), long, {}) },
    { room: "rules", problems: problemsOfPlan(taskOf(copy), long, {}) },
    { room: "rules", problems: problemsOfPlan(manyTasks, event, {}) },
  ];
};

const event: Omit<KeptnEvent, "labels"> = {
  ...{ id: "1", type: "sh.keptn.event.test.triggered", source: "shipyard-controller", shkeptncontext: "c" },
  data: { project: "sockshop", stage: "dev", service: "carts" },
};

const filesExamples = (): Example[] => {
  const limits = { fileBytes: 20 * 1024 ** 2, totalBytes: 20 * 1024 ** 2, count: 1000 };
  const order = { ...event.data, files: [], limits, executable: "detect", graceSeconds: 120 } as const;
  const problems = [
    missingProblem(parseFileEntry("locust/basic.py"), { ...order, gitcommitid: "3f1d2c4" }),
    tooManyProblem(1001, limits),
    tooLargeProblem("data/users.csv", limits),
    tooMuchProblem("data/users.csv", limits),
    ...[checkFileName("../../etc/passwd") ?? []].flat(),
    ...problemsIn(parseFetchOrder(undefined)),
  ];
  return problems.map((problem) => ({ room: "files", problems: [problem] }));
};

const settingsExamples = (): Example[] => {
  const keptn = { KEPTN_API_ENDPOINT: "https://keptn.example.org/api", KEPTN_API_TOKEN_FILE: "/etc/keptn/token" };
  return [{ TASK_DEADLINE_SECONDS: "soon" }, {}, { ...keptn, HTTP_SSL_VERIFY: "false" }].map((env) => ({
    room: "settings",
    problems: problemsIn(parseKeptnSettings(env)),
  }));
};

const valuesOf = (text: string) => ({
  ...{ text, file: "values.yaml", namespace: "job-executor", image: "alpine", folder: ".", manifests: "manifests" },
});

/** All that a parser has to say. */
const problemsIn = (parsed: object): readonly Problem[] => {
  const { problem, problems = [], warnings = [] } = parsed as Partial<Record<string, readonly Problem[]>>;
  return [problem ?? [], problems, warnings].flat();
};
