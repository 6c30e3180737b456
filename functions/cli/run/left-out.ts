// Names the pod settings that a local run cannot apply, once per command.
import { filesVolumeName } from "../../lib/core/files/fetch-order.ts";
import type { PodSpec } from "../../lib/core/kubernetes.ts";
import type { RunPlan } from "../../lib/core/plan/run-plan.ts";
import { openLists } from "../../lib/core/policy/open-lists.ts";
import type { Engine } from "../local/engine.ts";

/** @returns a sentence, or undefined if everything applies */
export const renderLeftOut = (plans: readonly RunPlan[], engine: Engine["name"]): string | undefined => {
  const pods = plans.flatMap(({ jobs }) => jobs.flatMap(({ spec }) => spec?.template.spec ?? []));
  const found = kinds.filter(({ isIn }) => pods.some((pod) => isIn(pod, engine))).map(({ what }) => what);
  return found.length > 0 ? `A local run ignores some settings of the tasks: ${found.join("; ")}.` : undefined;
};

type Kind = { readonly what: string; readonly isIn: (pod: PodSpec, engine: Engine["name"]) => boolean };

const kinds: readonly Kind[] = [
  { what: "nodeSelector", isIn: ({ nodeSelector }) => nodeSelector !== undefined },
  { what: "tolerations", isIn: ({ tolerations }) => tolerations !== undefined },
  { what: "priorityClassName", isIn: ({ priorityClassName }) => priorityClassName !== undefined },
  { what: "runtimeClassName", isIn: ({ runtimeClassName }) => runtimeClassName !== undefined },
  {
    what: "imagePullSecrets (the engine's own login is used)",
    isIn: ({ imagePullSecrets }) => imagePullSecrets !== undefined,
  },
  {
    what: "persistentVolumeClaim (replaced by an empty folder that is deleted after the run)",
    isIn: ({ volumes = [] }) => volumes.some(({ persistentVolumeClaim }) => persistentVolumeClaim !== undefined),
  },
  {
    what: "size and medium of volumes",
    isIn: ({ volumes = [] }) =>
      volumes.some(
        ({ name, emptyDir }) =>
          emptyDir &&
          (emptyDir.medium || name !== filesVolumeName || emptyDir.sizeLimit !== openLists.FILES_VOLUME_SIZE),
      ),
  },
  {
    what: "readOnly of volumes",
    isIn: ({ containers }, engine) =>
      engine === "process" && containers.some(({ volumeMounts = [] }) => volumeMounts.some(({ readOnly }) => readOnly)),
  },
];
