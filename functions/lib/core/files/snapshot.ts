// FILES_MODE=snapshot: a task's files in a ConfigMap of its Job, instead of an init container that fetches them.
import { hashOf } from "../annotations/annotations.ts";
import type { ConfigMap, Container, Job, PodSpec, Volume } from "../kubernetes.ts";
import { makeOwnedConfigMap } from "../run/owned-config-map.ts";
import { fetchContainerName, filesFolder } from "./fetch-order.ts";
import { renderBytes } from "./file-choice.ts";
import { renderName } from "./file-names.ts";

export interface SnapshotFile {
  /** Relative to /keptn. */
  readonly path: string;
  readonly base64: string;
  readonly bytes: number;
  readonly executable: boolean;
}

/** Limit for all files. A ConfigMap can hold 1 MiB (kubernetes pkg/apis/core/validation, MaxSecretSize), an etcd request 1.5 MiB. */
export const snapshotLimitBytes = 900 * 1024;
/** Each file is a separate mount, which the kubelet creates and removes one by one. */
export const snapshotLimitCount = 100;

const snapshotVolumeName = "keptn-snapshot";

/** The reason if there are more or larger files. */
export const snapshotLimits = `a ConfigMap holds ${renderBytes(snapshotLimitBytes)} in ${snapshotLimitCount} files`;

/** @returns why these files cannot be mounted one by one; undefined if they can */
export const whyNotMountable = (files: readonly SnapshotFile[]): string | undefined => {
  const paths = new Set(files.map(({ path }) => path));
  const odd = files.find(({ path }) => /[:\p{Cc}]/u.test(path));
  if (odd) return `${renderName(odd.path)} is not a valid name for a mount`;
  const both = files.flatMap(({ path }) => parentsOf(path)).find((parent) => paths.has(parent));
  if (both) return `${renderName(both)} is both a file and a folder`;
  return undefined;
};

/** `a/b/c` -> `a`, `a/b` */
const parentsOf = (path: string): string[] =>
  path
    .split("/")
    .slice(0, -1)
    .map((_, i, parts) => parts.slice(0, i + 1).join("/"));

/** The planned Job without its init container. Its files are mounted one by one, so /keptn itself stays writable. */
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

/** Whether this Job, planned or created, takes its files from a ConfigMap. */
export const wantsSnapshot = (job: Job): boolean =>
  job.spec?.template.spec?.volumes?.some(({ name }) => name === snapshotVolumeName) ?? false;

/** Also removes volumes that only the init container mounted, e.g. a CA bundle. */
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

/** A valid ConfigMap key, derived only from the path: the same files always get the same keys. */
const keyOf = (path: string): string => `${path.replace(/[^-._a-zA-Z0-9]+/g, "_").slice(-200)}.${hashOf(path, 10)}`;

/** @param job as the API server returned it: its uid lets Kubernetes delete the ConfigMap with the Job */
export const makeSnapshot = (job: Job, files: readonly SnapshotFile[]): ConfigMap => ({
  ...makeOwnedConfigMap(job, "files"),
  binaryData: Object.fromEntries(files.map(({ path, base64 }) => [keyOf(path), base64])),
});
