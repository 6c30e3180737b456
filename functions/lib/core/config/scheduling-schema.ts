// Scheduling, pull secrets and labels of a task's pod, as in Kubernetes (core/v1 PodSpec), within the operator's lists.
import * as z from "zod";
import { checkedText, type Fault, quote, rejectAt, text } from "../yaml/scalars.ts";
import { optional } from "./descriptions.ts";
import {
  checkNameOfSecret,
  checkPriorityClass,
  checkRuntimeClass,
  isLabelValue,
  isQualifiedName,
} from "./kubernetes-names.ts";
import { toleration } from "./toleration-schema.ts";

const most = 50;

const tooMany = (count: number): Fault => ({
  code: "too-many-entries",
  message: `has ${count} entries, but the limit is ${most}`,
  fix: "Keep only those that the task needs.",
});

const limited = <T extends z.ZodType>(schema: z.ZodArray<T>) =>
  schema.superRefine((entries, context) => {
    if (entries.length > most) rejectAt([], tooMany(entries.length), context);
  });

/** @param reservedBy the owner of a key that no task may set */
const pairs = (code: string, what: string, reservedBy: (key: string) => string | undefined = () => undefined) =>
  z.record(z.string(), text()).superRefine((map, context) => {
    const entries = Object.entries(map);
    if (entries.length > most) rejectAt([], tooMany(entries.length), context);
    for (const [key, value] of entries.slice(0, most)) {
      const owner = reservedBy(key);
      if (owner) rejectAt(key, reservedLabel(owner), context);
      else if (!isQualifiedName(key) || !isLabelValue(value)) rejectAt(key, badPair(code, what, value), context);
    }
  });

const badPair = (code: string, what: string, value: string): Fault => ({
  code,
  message: `with the value ${quote(value)} is not a valid ${what}`,
  fix: "Keys are name or example.com/name; values have letters, digits, `-`, `_` and `.`, at most 63 characters.",
});

const reservedLabel = (owner: string): Fault => ({
  code: "reserved-label",
  message: `is a label reserved for ${owner}`,
  fix: "Choose another key, such as example.com/team.",
});

/** Label domains, and single labels, that other systems use to find, count, start or reach pods. */
const owners: Readonly<Record<string, string>> = {
  "keptn.sh": "the job executor",
  "app.kubernetes.io/managed-by": "the job executor",
  "batch.kubernetes.io": "Kubernetes",
  "job-name": "Kubernetes",
  "controller-uid": "Kubernetes",
  "kueue.x-k8s.io": "Kueue",
  "knative.dev": "Knative",
};

/** @returns the owner of a reserved label; undefined if the key is free */
export const ownerOfLabel = (key: string): string | undefined => {
  const domain = key.includes("/") ? key.slice(0, key.indexOf("/")) : "";
  const names = [key, ...Object.keys(owners).filter((one) => domain === one || domain.endsWith(`.${one}`))];
  const found = names.find((name) => Object.hasOwn(owners, name));
  return found && owners[found];
};

export const scheduling = {
  imagePullSecrets: optional(
    limited(z.array(checkedText(checkNameOfSecret).min(1))),
    "Names of Secrets with credentials for the image's registry. Not in JES.",
    ["my-registry"],
  ),
  nodeSelector: optional(
    pairs("bad-node-selector", "node label"),
    "Labels that the pod's node must have, if the operator allows them. Not in JES.",
    { "node.kubernetes.io/instance-type": "m6i.large" },
  ),
  tolerations: optional(
    limited(z.array(toleration)),
    "Node taints that the pod tolerates, if the operator allows them. Not in JES.",
    [{ key: "dedicated", value: "tests", effect: "NoSchedule" }],
  ),
  priorityClassName: optional(
    checkedText(checkPriorityClass),
    "PriorityClass of the pod, if the operator allows it. Not in JES.",
    "low",
  ),
  runtimeClassName: optional(
    checkedText(checkRuntimeClass),
    "RuntimeClass of the pod, if the operator allows it. Not in JES.",
    "gvisor",
  ),
  labels: optional(
    pairs("bad-label", "label", ownerOfLabel),
    "Labels of the Job and its pod, if the operator allows them. Not in JES.",
    { "example.com/team": "carts" },
  ),
};
