// What a task has in a cluster and a local run cannot give: said once, so that nobody takes it for given.
import { filesVolumeName } from "../../core/files.ts";
import { openLists } from "../../core/job/open-lists.ts";
import type { PodSpec } from "../../core/kubernetes.ts";
import type { RunPlan } from "../../core/plan.ts";
import type { Engine } from "../../io/local/engine.ts";

/** @returns a sentence, or undefined if nothing is left out */
export const renderLeftOut = (plans: readonly RunPlan[], engine: Engine["name"]): string | undefined => {
  const pods = plans.flatMap(({ jobs }) => jobs.flatMap(({ spec }) => spec?.template.spec ?? []));
  const found = kinds.filter(({ isIn }) => pods.some((pod) => isIn(pod, engine))).map(({ what }) => what);
  return found.length > 0 ? `A local run does not give tasks all that they ask for: ${found.join("; ")}.` : undefined;
};

interface Kind {
  readonly what: string;
  readonly isIn: (pod: PodSpec, engine: Engine["name"]) => boolean;
}

const kinds: readonly Kind[] = [
  { what: "no nodeSelector", isIn: ({ nodeSelector }) => nodeSelector !== undefined },
  { what: "no tolerations", isIn: ({ tolerations }) => tolerations !== undefined },
  { what: "no priorityClassName", isIn: ({ priorityClassName }) => priorityClassName !== undefined },
  { what: "no runtimeClassName", isIn: ({ runtimeClassName }) => runtimeClassName !== undefined },
  {
    what: "no imagePullSecrets, but the engine's own log-in",
    isIn: ({ imagePullSecrets }) => imagePullSecrets !== undefined,
  },
  {
    what: "in the place of a claim a folder that is empty at first and goes with the run",
    isIn: ({ volumes = [] }) => volumes.some(({ persistentVolumeClaim }) => persistentVolumeClaim !== undefined),
  },
  {
    what: "no limit to the size of a volume, and none in memory",
    isIn: ({ volumes = [] }) =>
      volumes.some(
        ({ name, emptyDir }) =>
          emptyDir &&
          (emptyDir.medium || name !== filesVolumeName || emptyDir.sizeLimit !== openLists.FILES_VOLUME_SIZE),
      ),
  },
  {
    what: "no volume that is read-only",
    isIn: ({ containers }, engine) =>
      engine === "process" && containers.some(({ volumeMounts = [] }) => volumeMounts.some(({ readOnly }) => readOnly)),
  },
];
