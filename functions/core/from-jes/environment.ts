// What stands in a task's environment variables.
import { isIndefinite } from "../config/jsonpath.ts";
import { quote } from "../config/scalars.ts";
import type { JobConfig, Task } from "../config/schema.ts";
import type { Warning } from "../config/warning.ts";
import { isWholeSecret } from "../config/whole-secret.ts";
import { envelopeFieldOf } from "./envelope.ts";
import { atFirst, envOf, nothingToDo, type PlacedEnv, tasksOf } from "./places.ts";

export const explainEnvironment = (config: JobConfig): Warning[] => {
  const entries = envOf(config);
  return [
    ...atFirst(entries.filter(mayBeNoText), explainJson),
    ...entries.flatMap(explainEnvelope),
    ...entries.filter(({ entry }) => given.test(entry.name)).map(explainOwn),
    ...entries.flatMap(explainReferences),
    ...atFirst(
      tasksOf(config).filter(({ task }) => usesLabels(task)),
      ({ path }, more) => explainLabels(path, more),
    ),
    ...atFirst(
      entries.filter(({ entry }) => isWholeSecret(entry)),
      explainSecret,
    ),
  ];
};

const given = /^(KEPTN_(PROJECT|STAGE|SERVICE)$|LABELS_)/;
/** Texts, by Keptn's own definition of its events. */
const surelyText =
  /^\$\.(id|shkeptncontext|specversion|gitcommitid|data\.(project|stage|service|status|result|message|labels\b.+))$/;

const mayBeNoText = ({ entry }: PlacedEnv): boolean =>
  entry.valueFrom === "event" &&
  !/^(json|yaml)$/i.test(entry.as ?? "") &&
  !envelopeFieldOf(entry.value) &&
  (isIndefinite(entry.value) || !surelyText.test(entry.value));

const explainJson = ({ entry, path }: PlacedEnv, more: string): Warning => ({
  code: "jes-json-values",
  message: `Where the event has no text for ${quote(entry.name)}${more}, but a list, a number or null, it is written as JSON; JES wrote [a b], 1.2345678e+07, <nil>.`,
  fix: "Nothing to do, unless a program reads Go's way of writing.",
  path: [...path, "value"],
});

const explainEnvelope = ({ entry, path }: PlacedEnv): Warning[] => {
  const field = entry.valueFrom === "event" ? envelopeFieldOf(entry.value) : undefined;
  if (!field || entry.as) return [];
  const before = field === "time" ? "Go's way of writing a time" : "an address in its memory";
  const message = `${entry.value} is the event's own text in ${quote(entry.name)}; JES put ${before} there.`;
  return [{ code: "jes-envelope-values", message, fix: nothingToDo, path: [...path, "value"] }];
};

const explainOwn = ({ entry, path }: PlacedEnv): Warning => ({
  code: "jes-own-variable-wins",
  message: `The task's own ${entry.name} counts now; in JES the event's replaced it.`,
  fix: "Remove it if the event's is wanted.",
  path: [...path, "name"],
});

const explainReferences = ({ entry, path }: PlacedEnv): Warning[] => {
  if (entry.valueFrom !== "string") return [];
  const names = [...entry.value.matchAll(/(?<!\$)\$\(([-._a-zA-Z][-._a-zA-Z0-9]*)\)/g)].map(([, name = ""]) => name);
  const known = names.find((name) => given.test(name));
  return known ? [explainGiven(known, [...path, "value"])] : [];
};

const explainGiven = (name: string, path: Warning["path"]): Warning => ({
  code: "jes-event-in-values",
  message: `$(${name}) is put in here now; JES left it as it stands.`,
  fix: `Write $$(${name}) if these signs themselves are meant.`,
  path,
});

const usesLabels = ({ cmd = [], args = [], env = [] }: Task): boolean =>
  [...cmd, ...args, ...env.map(({ value }) => value)].some((text) => text.includes("LABELS_"));

const explainLabels = (path: Warning["path"], more: string): Warning => ({
  code: "jes-label-names",
  message: `In the LABELS_… variables of this task${more} each sign that a name cannot have is _; JES replaced - and blanks only, and failed for a label such as a/b.`,
  fix: nothingToDo,
  path,
});

const explainSecret = ({ entry, path }: PlacedEnv, more: string): Warning => ({
  code: "jes-secret-by-reference",
  message: `Kubernetes gives the Secret ${quote(entry.name)}${more} to the task; JES had to be allowed to read all Secrets. A variable of \`env\` counts more than a key of its name, and without the Secret the run fails when its grace time is over.`,
  fix: "The Secret has to be in the namespace of the task, as before.",
  path,
});
