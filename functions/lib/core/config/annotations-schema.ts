// Annotations that a task sets on its Job and pod.
import * as z from "zod";
import { type Fault, rejectAt, text } from "../yaml/scalars.ts";
import { described } from "./descriptions.ts";
import { isQualifiedName } from "./kubernetes-names.ts";

export const annotations = described(
  z.record(z.string(), text()).superRefine((value, context) => {
    for (const key of Object.keys(value)) if (!isQualifiedName(key)) rejectAt(key, badAnnotation, context);
    for (const key of Object.keys(value))
      if (key.startsWith("keptn.sh/jes-")) rejectAt(key, reservedAnnotation, context);
  }),
  "Annotations of the Job and its pod.",
  { "vault.hashicorp.com/agent-inject": "true" },
);

const badAnnotation: Fault = {
  code: "bad-annotation",
  message: "is not a valid annotation key",
  fix: "Write name or example.com/name.",
};

const reservedAnnotation: Fault = {
  code: "reserved-annotation",
  message: "is reserved for the job executor",
  fix: "Choose a key that does not begin with keptn.sh/jes-.",
};
