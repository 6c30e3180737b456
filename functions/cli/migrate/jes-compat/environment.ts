// Notes on the values of a task's environment variables.
import type { JobConfig, Task } from "../../../lib/core/config/schema.ts";
import { isWholeSecret } from "../../../lib/core/config/whole-secret.ts";
import { isIndefinite } from "../../../lib/core/jsonpath/jsonpath.ts";
import { quote } from "../../../lib/core/yaml/scalars.ts";
import { envelopeFieldOf } from "./envelope.ts";
import { atFirst, envOf, type Note, type PlacedEnv, tasksOf } from "./places.ts";

export const explainEnvironment = (config: JobConfig): Note[] => {
  const entries = envOf(config);
  const withLabels = tasksOf(config).filter(({ task }) => usesLabels(task));
  const wholeSecrets = entries.filter(({ entry }) => isWholeSecret(entry));
  return [
    ...atFirst(entries.filter(mayBeNoText), ({ entry, path }, more) => ({
      code: "jes-json-values",
      message: `If the event's value for ${quote(entry.name)}${more} is not text but a list, a number or null, it is written as JSON; JES wrote [a b], 1.2345678e+07, <nil>.`,
      fix: "Nothing to do, unless a program parses Go's format.",
      path: [...path, "value"],
    })),
    ...entries.flatMap(explainEnvelope),
    ...entries
      .filter(({ entry }) => given.test(entry.name))
      .map(({ entry, path }) => ({
        code: "jes-own-variable-wins",
        message: `The task's own ${entry.name} now overrides the event's; in JES the event's won.`,
        fix: "Remove it to get the event's value.",
        path: [...path, "name"],
      })),
    ...entries.flatMap(explainReferences),
    ...atFirst(withLabels, ({ path }, more) => ({
      code: "jes-label-names",
      message: `In the names of LABELS_… variables of this task${more}, every invalid character becomes _; JES only replaced - and spaces, and failed for a label such as a/b.`,
      path,
    })),
    ...atFirst(wholeSecrets, ({ entry, path }, more) => ({
      code: "jes-secret-by-reference",
      message: `Kubernetes passes the Secret ${quote(entry.name)}${more} to the task; JES needed the right to read all Secrets. A variable of \`env\` overrides a key with the same name. If the Secret is missing, the run fails after the start grace period.`,
      fix: "The Secret must be in the task's namespace, as before.",
      path,
    })),
  ];
};

const given = /^(KEPTN_(PROJECT|STAGE|SERVICE)$|LABELS_)/;
/** Always text, by Keptn's definition of its events. */
const surelyText =
  /^\$\.(id|shkeptncontext|specversion|gitcommitid|data\.(project|stage|service|status|result|message|labels\b.+))$/;

const mayBeNoText = ({ entry }: PlacedEnv): boolean =>
  entry.valueFrom === "event" &&
  !/^(json|yaml)$/i.test(entry.as ?? "") &&
  !envelopeFieldOf(entry.value) &&
  (isIndefinite(entry.value) || !surelyText.test(entry.value));

const explainEnvelope = ({ entry, path }: PlacedEnv): Note[] => {
  const field = entry.valueFrom === "event" ? envelopeFieldOf(entry.value) : undefined;
  if (!field || entry.as) return [];
  const before = field === "time" ? "Go's time format" : "a memory address";
  const message = `${entry.value} is the event's own text in ${quote(entry.name)}; JES wrote ${before}.`;
  return [{ code: "jes-envelope-values", message, path: [...path, "value"] }];
};

const explainReferences = ({ entry, path }: PlacedEnv): Note[] => {
  if (entry.valueFrom !== "string") return [];
  const names = [...entry.value.matchAll(/(?<!\$)\$\(([-._a-zA-Z][-._a-zA-Z0-9]*)\)/g)].map(([, name = ""]) => name);
  const known = names.find((name) => given.test(name));
  if (!known) return [];
  const message = `$(${known}) is now replaced with its value; JES left it unchanged.`;
  const fix = `Write $$(${known}) for the literal text.`;
  return [{ code: "jes-event-in-values", message, fix, path: [...path, "value"] }];
};

const usesLabels = ({ cmd = [], args = [], env = [] }: Task): boolean =>
  [...cmd, ...args, ...env.map(({ value }) => value)].some((text) => text.includes("LABELS_"));
