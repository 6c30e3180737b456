// When a task of an action runs, what its failure means, and how often it is tried. JES has none of these fields.
import * as z from "zod";
import { descriptions } from "./descriptions.ts";
import { requiredText, wholeNumber } from "./scalars.ts";

/** Beyond JES: editors and the reference page say so. */
const beyondJes = "job-executor-service refuses this field.";

export const needs = z.array(requiredText()).register(descriptions, {
  description: `Names of tasks of this action that have to pass before it starts; [] starts it at once. Without it: after the task before. ${beyondJes}`,
  examples: [["Build"]],
});

export const when = z.enum(["success", "failure", "always"]).register(descriptions, {
  description: `success: when what it needs has passed. failure: only after one of these tasks failed; always: whatever came of them, in both cases all tasks before it if it has no needs. ${beyondJes}`,
  examples: ["always"],
});

export const onError = z.enum(["fail", "warn", "continue"]).register(descriptions, {
  description: `What its failure means. fail: the run fails; warn: the run goes on, and ends with a warning; continue: the run goes on as if it had passed. ${beyondJes}`,
  examples: ["warn"],
});

/** Kubernetes waits 10 s after the first failure, and twice as long after each one more: 10 of them take more than an hour. */
const range = { min: 0, max: 10 };

const exitCodes = z
  .array(wholeNumber({ min: 1, max: 255 }))
  .min(1)
  .max(255)
  .register(descriptions, {
    description: "Only after one of these exit codes; any other one fails the task at once.",
    examples: [[75]],
  });

const retriesInFull = z.strictObject({
  limit: wholeNumber(range).register(descriptions, {
    type: "integer",
    minimum: range.min,
    maximum: range.max,
    description: "How often it is tried again after a failure; 0: only a pod that Kubernetes took away is replaced.",
    examples: [2],
  }),
  exitCodes: exitCodes.optional(),
});

export const retries = z.union([wholeNumber(range), retriesInFull]).register(descriptions, {
  description: `How often it is tried again after a failure. A pod that Kubernetes takes away is replaced then, and does not count. ${beyondJes}`,
  examples: [1],
});

export interface Retries {
  readonly limit: number;
  /** Ascending, without doubles. Not there: each failure is followed by another try. */
  readonly exitCodes?: readonly number[];
}

/** @returns undefined: the task never runs twice */
export const retriesOf = (given: z.output<typeof retries> | undefined): Retries | undefined => {
  if (given === undefined) return undefined;
  if (typeof given === "number") return { limit: given };
  const codes = [...new Set(given.exitCodes)].sort((a, b) => a - b);
  return { limit: given.limit, ...(codes.length > 0 ? { exitCodes: codes } : {}) };
};
