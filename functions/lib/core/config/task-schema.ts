// A task of an action: one container, one Job.
import * as z from "zod";
import { flawOfEntry } from "../files/file-names.ts";
import { utf8Bytes } from "../text/log-text.ts";
import { checkedText, quote, reject, requiredText, text, wholeNumber } from "../yaml/scalars.ts";
import { annotations } from "./annotations-schema.ts";
import { descriptions } from "./descriptions.ts";
import { envEntry } from "./env-schema.ts";
import { checkImage } from "./images.ts";
import { checkNamespace, checkServiceAccount } from "./kubernetes-names.ts";
import { needs, onError, retries, when } from "./order-schema.ts";
import { resources } from "./resources-schema.ts";
import { scheduling } from "./scheduling-schema.ts";
import { makeSecurityContextSchema } from "./security-context-schema.ts";
import { mounts, ownVolume } from "./volumes-schema.ts";

/** The Job's deadline adds to it, in the same 32 bits. */
const maxSeconds = 2 ** 31 - 1000;

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

export const task = z.strictObject({
  name: requiredText().register(descriptions, {
    description: "Name of the task, for people.",
    examples: ["Run locust"],
  }),
  image: checkedText(checkImage)
    .min(1)
    .register(descriptions, { description: "Container image to run.", examples: ["locustio/locust:2.32.0"] }),
  imagePullPolicy: z
    .enum(["Always", "IfNotPresent", "Never", ""])
    .optional()
    .register(descriptions, {
      description: "When the image is pulled; default: as in Kubernetes.",
      examples: ["IfNotPresent"],
    }),
  cmd: z
    .array(text())
    .optional()
    .register(descriptions, {
      description: "The command, instead of the image's entrypoint.",
      examples: [["locust"]],
    }),
  args: z
    .array(text())
    .optional()
    .register(descriptions, {
      description: "Arguments of the command. $(NAME) is replaced with the value of an environment variable.",
      examples: [["--host", "$(HOST)"]],
    }),
  files: fileEntries.optional().register(descriptions, {
    description:
      "Files and folders of Keptn's Git repository to provide under /keptn; / means all files of the service.",
    examples: [["locust/basic.py", "/helm"]],
  }),
  env: z
    .array(envEntry)
    .optional()
    .register(descriptions, {
      description:
        "Environment variables, in addition to KEPTN_PROJECT, KEPTN_STAGE, KEPTN_SERVICE and the event's LABELS_*.",
      examples: [[{ name: "HOST", value: "$.data.deployment.deploymentURIsLocal[0]", valueFrom: "event" }]],
    }),
  workingDir: text()
    .optional()
    .register(descriptions, { description: "Working directory of the command.", examples: ["/keptn"] }),
  resources: resources.optional(),
  maxPollDuration: wholeNumber({ min: 1, max: maxSeconds })
    .optional()
    .register(descriptions, {
      description: "Seconds after which the task is stopped; default: 300.",
      examples: [1200],
    }),
  ttlSecondsAfterFinished: wholeNumber({ min: 0, max: maxSeconds })
    .optional()
    .register(descriptions, {
      description: "Seconds that the Job is kept after its run was reported; default: 21600.",
      examples: [600],
    }),
  namespace: checkedText(checkNamespace)
    .optional()
    .register(descriptions, {
      description: "Namespace of the Job, if the operator allows it.",
      examples: ["carts"],
    }),
  serviceAccount: checkedText(checkServiceAccount)
    .optional()
    .register(descriptions, {
      description: "Service account of the pod, if the operator allows it.",
      examples: ["deployer"],
    }),
  securityContext: makeSecurityContextSchema()
    .optional()
    .register(descriptions, {
      description: "Security context of the container; fields not set here keep the operator's value.",
      examples: [{ readOnlyRootFilesystem: false }],
    }),
  annotations: annotations.optional(),
  volume: ownVolume.optional(),
  volumes: mounts.optional(),
  ...scheduling,
  needs: needs.optional(),
  when: when.optional(),
  onError: onError.optional(),
  retries: retries.optional(),
});
