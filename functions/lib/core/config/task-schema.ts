// A task of an action: one container, one Job.
import * as z from "zod";
import { flawOfEntry } from "../files/file-names.ts";
import { utf8Bytes } from "../text/log-text.ts";
import { checkedText, type Fault, quote, reject, rejectAt, requiredText, text, wholeNumber } from "../yaml/scalars.ts";
import { described, optional } from "./descriptions.ts";
import { envEntry } from "./env-schema.ts";
import { checkImage } from "./images.ts";
import { checkNamespace, checkServiceAccount, isQualifiedName } from "./kubernetes-names.ts";
import { needs, onError, retries, when } from "./order-schema.ts";
import { resources } from "./resources-schema.ts";
import { scheduling } from "./scheduling-schema.ts";
import { makeSecurityContextSchema } from "./security-context-schema.ts";
import { mounts, ownVolume } from "./volumes-schema.ts";

/** The Job's deadline adds to it, in the same 32 bits. */
const seconds = (min: number) => wholeNumber({ min, max: 2 ** 31 - 1000 });

/** "" and "/" are all files of the service. */
const fileEntry = text().superRefine((entry, context) => {
  const flaw = flawOfEntry(entry);
  if (!flaw) return;
  reject(context, {
    code: "bad-file",
    message: `is ${quote(entry)}, which ${flaw}`,
    fix: "Write the path relative to the service's folder in Keptn's Git repository.",
  });
});

/** They are passed in one variable, which Linux limits to 128 KiB (execve(2), MAX_ARG_STRLEN). */
const maxFilesBytes = 100_000;

const fileEntries = z.array(fileEntry).superRefine((entries, context) => {
  const bytes = utf8Bytes(JSON.stringify(entries));
  if (bytes <= maxFilesBytes) return;
  const message = `takes ${bytes} bytes, but the limit is ${maxFilesBytes}`;
  reject(context, { code: "too-many-entries", message, fix: "Name folders instead of single files." });
});

const annotations = described(
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

export const task = z.strictObject({
  name: described(requiredText(), "Name of the task, for people.", "Run locust"),
  image: described(checkedText(checkImage).min(1), "Container image to run.", "locustio/locust:2.32.0"),
  imagePullPolicy: optional(
    z.enum(["Always", "IfNotPresent", "Never", ""]),
    "When the image is pulled; default: as in Kubernetes.",
    "IfNotPresent",
  ),
  cmd: optional(z.array(text()), "The command, instead of the image's entrypoint.", ["locust"]),
  args: optional(
    z.array(text()),
    "Arguments of the command. $(NAME) is replaced with the value of an environment variable.",
    ["--host", "$(HOST)"],
  ),
  files: optional(
    fileEntries,
    "Files and folders of Keptn's Git repository to provide under /keptn; / means all files of the service.",
    ["locust/basic.py", "/helm"],
  ),
  env: optional(
    z.array(envEntry),
    "Environment variables, in addition to KEPTN_PROJECT, KEPTN_STAGE, KEPTN_SERVICE and the event's LABELS_*.",
    [{ name: "HOST", value: "$.data.deployment.deploymentURIsLocal[0]", valueFrom: "event" }],
  ),
  workingDir: optional(text(), "Working directory of the command.", "/keptn"),
  resources: resources.optional(),
  maxPollDuration: optional(seconds(1), "Seconds after which the task is stopped; default: 300.", 1200),
  ttlSecondsAfterFinished: optional(
    seconds(0),
    "Seconds that the Job is kept after its run was reported; default: 21600.",
    600,
  ),
  namespace: optional(checkedText(checkNamespace), "Namespace of the Job, if the operator allows it.", "carts"),
  serviceAccount: optional(
    checkedText(checkServiceAccount),
    "Service account of the pod, if the operator allows it.",
    "deployer",
  ),
  securityContext: optional(
    makeSecurityContextSchema(),
    "Security context of the container; fields not set here keep the operator's value.",
    { readOnlyRootFilesystem: false },
  ),
  annotations: annotations.optional(),
  volume: ownVolume.optional(),
  volumes: mounts.optional(),
  ...scheduling,
  needs: needs.optional(),
  when: when.optional(),
  onError: onError.optional(),
  retries: retries.optional(),
});
