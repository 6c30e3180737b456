// The job config, apiVersion v2: the only definition of its fields, with descriptions and examples.
import * as z from "zod";
import { checkPath } from "../jsonpath/jsonpath.ts";
import { checkedText, quote, reject, requiredText, text, yesOrNo } from "../yaml/scalars.ts";
import { checkOrder } from "./check-order.ts";
import { checkTaskValues } from "./check-task-values.ts";
import { described, descriptions, optional } from "./descriptions.ts";
import { checkPattern } from "./pattern.ts";
import { task } from "./task-schema.ts";

const jsonpath = described(
  z.strictObject({
    property: optional(
      checkedText(checkPath),
      "JSONPath into the event {id, type, source, time, data, shkeptncontext, specversion, gitcommitid}.",
      "$.data.test.teststrategy",
    ),
    match: described(
      text().default(""),
      "The value that `property` must have; numbers, true and false as in JSON.",
      "locust",
    ),
  }),
  "Matches only events with this value.",
  { property: "$.data.test.teststrategy", match: "locust" },
);

const eventFilter = z.strictObject({
  name: described(
    checkedText(checkPattern).min(1),
    "RE2 pattern, matched anywhere in the event's type.",
    "sh.keptn.event.test.triggered",
    "sh.keptn.event.*.triggered",
  ),
  jsonpath: jsonpath.optional(),
});

export const actionFields = z.strictObject({
  name: described(requiredText(), "Name of the action, for people.", "Run locust"),
  silent: described(yesOrNo().default(false), "Send no .started and .finished event.", false),
  events: described(z.array(eventFilter).default([]), "The action runs for each event that matches one of these.", [
    { name: "sh.keptn.event.test.triggered" },
  ]),
  tasks: described(
    z.array(task).min(1),
    "Tasks of the action, each a Kubernetes Job. They run one after the other, or as `needs` and `when` say.",
    [{ name: "Say hello", image: "alpine", cmd: ["echo", "hello"] }],
  ),
  failFast: optional(
    yesOrNo(),
    "A failed task stops the tasks that run in parallel, and no further task starts except those with `when`. job-executor-service refuses this field.",
    true,
  ),
});

/** Runs even if the action has other faults, so that all are reported at once. */
const action = actionFields.superRefine(
  ({ tasks }, context) => {
    const known = Array.isArray(tasks) ? tasks.filter((one) => typeof one === "object" && one !== null) : [];
    if (known.length !== tasks?.length) return;
    const order = checkOrder(known);
    for (const { path, ...fault } of [...order, ...checkTaskValues(known, order.length === 0)])
      context.addIssue({ code: "custom", message: fault.message, params: fault, path });
  },
  { when: ({ value }) => typeof value === "object" && value !== null },
);

const hello = {
  name: "Say hello",
  events: [{ name: "sh.keptn.event.hello.triggered" }],
  tasks: [{ name: "Greet the world", image: "alpine", cmd: ["echo", "Hello World"] }],
};

export const jobConfigSchema = z
  .strictObject({
    apiVersion: requiredText()
      .superRefine((value, context) => {
        if (value === "v2") return;
        const message = `is ${quote(value)}, which is not supported`;
        reject(context, { code: "unsupported-api-version", message, fix: "Write `apiVersion: v2`." });
      })
      .register(descriptions, {
        description: "Version of this format: v2.",
        examples: ["v2"],
        const: "v2",
        type: "string",
      }),
    actions: described(z.array(action).default([]), "Actions, each with the events that start it.", [hello]),
  })
  .register(descriptions, {
    title: "Job config",
    description: "job/config.yaml: the container images that run when Keptn events arrive.",
  });

export type JobConfig = z.output<typeof jobConfigSchema>;
export type Action = JobConfig["actions"][number];
export type Task = Action["tasks"][number];
export type TaskEnv = NonNullable<Task["env"]>[number];
export type TaskResources = NonNullable<Task["resources"]>;
export type TaskVolume = NonNullable<Task["volumes"]>[number];
