// Notes on how a job config behaves differently from job-executor-service 0.3.0, for users who migrate.
// Facts: the source of JES 0.3.0 (pkg/config, pkg/eventhandler, pkg/k8sutils, pkg/file, pkg/keptn) and of the go-sdk it is built with.
import type { ParsedJobConfig } from "../../../lib/core/config/parse.ts";
import type { JobConfig } from "../../../lib/core/config/schema.ts";
import { toProblem } from "../../../lib/core/config/warning.ts";
import { byPlace, type Problem } from "../../../lib/core/problem.ts";
import { explainActions } from "./actions.ts";
import { explainEnvironment } from "./environment.ts";
import { explainEvents } from "./events.ts";
import { explainFields } from "./fields.ts";
import { explainFiles } from "./files.ts";
import { explainMistakes, isRefusedByJes } from "./mistakes.ts";
import type { Note } from "./places.ts";
import { explainRights } from "./rights.ts";
import { explainTimes } from "./times.ts";

/** Only notes that concern this config; a note that applies to many places is given at the first of them. */
export const explainFromJes = ({ config, outline, problems, at, tree }: ParsedJobConfig): readonly Problem[] => {
  if (!outline || !at) return []; // unreadable: neither JES nor we run anything
  const differences = isRefusedByJes(problems)
    ? []
    : [...explainEvents(outline), ...explainActions(outline), ...(config ? explainTasks(config) : [])];
  const fields = explainFields(tree);
  return [...explainMistakes(problems, fields.length > 0), ...fields, ...differences]
    .map((note) => toProblem({ fix: "Nothing to do.", ...note }, { at }, "note"))
    .sort(byPlace);
};

const explainTasks = (config: JobConfig): Note[] =>
  [explainTimes, explainFiles, explainEnvironment, explainRights].flatMap((explain) => explain(config));
