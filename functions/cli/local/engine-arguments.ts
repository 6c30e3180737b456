// The podman or docker command line that creates a pod's container.
import type { Container, PodSpec } from "../../lib/core/kubernetes.ts";
import type { ContainerOrder } from "./engine.ts";

export const createArguments = ({ id, container, pod, env, mounts }: ContainerOrder): string[] => {
  const { image = "", command = [], args = [], workingDir } = container;
  const [entrypoint, ...rest] = command;
  return [
    ...["create", "--name", id, "--hostname", id, "--label", "app.kubernetes.io/managed-by=job-executor"],
    ...Object.entries(mounts).flatMap(([inside, outside]) => [
      "--volume",
      `${outside}:${inside}:${isReadOnly(inside, container) ? "ro,z" : "z"}`,
    ]),
    ...[...env].flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    ...(workingDir ? ["--workdir", workingDir] : []),
    ...securityArguments(container, pod),
    // As in Kubernetes, a command replaces the image's entrypoint and its arguments.
    ...(entrypoint === undefined ? [] : ["--entrypoint", entrypoint]),
    image,
    ...rest,
    ...args,
  ];
};

const isReadOnly = (path: string, { volumeMounts = [] }: Container): boolean =>
  volumeMounts.some(({ mountPath, readOnly }) => mountPath === path && readOnly === true);

const securityArguments = ({ securityContext }: Container, { securityContext: ofPod }: PodSpec): string[] => {
  const user = securityContext?.runAsUser ?? ofPod?.runAsUser;
  const group = securityContext?.runAsGroup ?? ofPod?.runAsGroup;
  const { add = [], drop = [] } = securityContext?.capabilities ?? {};
  return [
    ...(user === undefined ? [] : ["--user", group === undefined ? `${user}` : `${user}:${group}`]),
    ...(ofPod?.fsGroup === undefined ? [] : ["--group-add", `${ofPod.fsGroup}`]),
    ...(securityContext?.readOnlyRootFilesystem ? ["--read-only"] : []),
    ...(securityContext?.allowPrivilegeEscalation === false ? ["--security-opt", "no-new-privileges"] : []),
    ...(securityContext?.privileged ? ["--privileged"] : []),
    ...drop.flatMap((name) => ["--cap-drop", name]),
    ...add.flatMap((name) => ["--cap-add", name]),
  ];
};
