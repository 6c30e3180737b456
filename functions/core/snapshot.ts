// A task's files in a ConfigMap of its Job instead of an init container that fetches them (FILES_MODE=snapshot).
import { renderBytes } from "./file-choice.ts";
import { renderName } from "./file-names.ts";
import { fetchContainerName, filesFolder } from "./files.ts";
import type { ConfigMap, Container, Job, PodSpec, Volume } from "./kubernetes.ts";
import { hashOf } from "./marks.ts";
import { makeOwnedConfigMap } from "./owned-config-map.ts";

export interface SnapshotFile {
  /** Relative to /keptn. */
  readonly path: string;
  readonly base64: string;
  readonly bytes: number;
  readonly executable: boolean;
}

/** Of all files. A ConfigMap may have 1 MiB (kubernetes pkg/apis/core/validation, MaxSecretSize), a request to etcd 1.5 MiB. */
export const snapshotLimitBytes = 900 * 1024;
/** Each file is a mount of its own, which the kubelet makes and unmakes one by one. */
export const snapshotLimitCount = 100;

const snapshotVolumeName = "keptn-snapshot";

/** What to say when there are more or larger ones. */
export const snapshotLimits = `a ConfigMap holds ${renderBytes(snapshotLimitBytes)} in ${snapshotLimitCount} files`;

/** @returns why these files cannot be mounted one by one; undefined when they can */
export const whyNotMountable = (files: readonly SnapshotFile[]): string | undefined => {
  const paths = new Set(files.map(({ path }) => path));
  const odd = files.find(({ path }) => /[:\p{Cc}]/u.test(path));
  if (odd) return `a mount cannot have the name ${renderName(odd.path)}`;
  const both = files.flatMap(({ path }) => parentsOf(path)).find((parent) => paths.has(parent));
  if (both) return `${renderName(both)} is a file and a folder`;
  return undefined;
};

/** `a/b/c` -> `a`, `a/b` */
const parentsOf = (path: string): string[] =>
  path
    .split("/")
    .slice(0, -1)
    .map((_, i, parts) => parts.slice(0, i + 1).join("/"));

/** The planned Job without its init container, its files mounted one by one, so that /keptn itself stays writable. */
export const withSnapshot = (job: Job, files: readonly SnapshotFile[]): Job => {
  const { spec } = job;
  const pod = spec?.template.spec;
  if (!spec || !pod) return job;
  const inSnapshot = {
    ...withoutFetch(pod),
    containers: pod.containers.map((container) => mountFiles(container, files)),
  };
  const volumes = [...(inSnapshot.volumes ?? []), makeVolume(job, files)];
  return { ...job, spec: { ...spec, template: { ...spec.template, spec: { ...inSnapshot, volumes } } } };
};

/** Whether this Job, planned or as the API server has it, takes its files from a ConfigMap. */
export const wantsSnapshot = (job: Job): boolean =>
  job.spec?.template.spec?.volumes?.some(({ name }) => name === snapshotVolumeName) ?? false;

/** Volumes that only the init container mounted go with it: a CA's bundle, say, which this pod need not have. */
const withoutFetch = (pod: PodSpec): PodSpec => {
  const { initContainers = [], volumes = [], ...rest } = pod;
  const fetch = initContainers.find(({ name }) => name === fetchContainerName);
  const others = initContainers.filter((container) => container !== fetch);
  const mountedBy = (containers: readonly Container[]) =>
    new Set(containers.flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name)));
  const [lost, kept] = [mountedBy(fetch ? [fetch] : []), mountedBy([...others, ...pod.containers])];
  return {
    ...rest,
    ...(others.length > 0 ? { initContainers: others } : {}),
    volumes: volumes.filter(({ name }) => kept.has(name) || !lost.has(name)),
  };
};

const mountFiles = (container: Container, files: readonly SnapshotFile[]): Container => ({
  ...container,
  volumeMounts: [
    ...(container.volumeMounts ?? []),
    ...files.map(({ path }) => ({
      name: snapshotVolumeName,
      mountPath: `${filesFolder}/${path}`,
      subPath: keyOf(path),
      readOnly: true,
    })),
  ],
});

const makeVolume = (job: Job, files: readonly SnapshotFile[]): Volume => ({
  name: snapshotVolumeName,
  configMap: {
    name: snapshotNameOf(job),
    items: files.map(({ path, executable }) => ({
      key: keyOf(path),
      path: keyOf(path),
      mode: executable ? 0o555 : 0o444,
    })),
  },
});

const snapshotNameOf = (job: Job): string => `${job.metadata?.name}-files`;

/** A key that a ConfigMap takes, from the path alone: whoever reads the same files again gets the same keys. */
const keyOf = (path: string): string => `${path.replace(/[^-._a-zA-Z0-9]+/g, "_").slice(-200)}.${hashOf(path, 10)}`;

/** @param job as the API server has it: its uid makes the ConfigMap go when the Job goes */
export const makeSnapshot = (job: Job, files: readonly SnapshotFile[]): ConfigMap => ({
  ...makeOwnedConfigMap(job, "files"),
  binaryData: Object.fromEntries(files.map(({ path, base64 }) => [keyOf(path), base64])),
});
