// An operator's own overlay, applied for one version after the other, and the functions as processes with what the manifests give them.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { makeKubeconfig } from "../harness/account.ts";
import type { FunctionName } from "../harness/deployed-env.ts";
import { type FunctionProcess, startFunction } from "../harness/function-process.ts";
import { makeNamespace, type TestNamespace } from "../namespace.ts";
import type { Version } from "./versions.ts";

export interface Installation {
  readonly namespace: TestNamespace;
  /** `kubectl apply -k`. @returns the objects, such as `configmap/job-changes`; generated names without their hash */
  apply(version: Version): Promise<readonly string[]>;
  /** With the settings, the mounted ConfigMap and the rights of the manifests that were applied last. */
  start(version: Version, name: FunctionName): Promise<FunctionProcess>;
  /** In its namespace. */
  kubectl(...args: readonly string[]): Promise<string>;
  /** Stops the functions, too. */
  remove(): Promise<void>;
}

interface KeptnAccess {
  readonly endpoint: string;
  readonly token: string;
}

/** @param settings of the operator, the same for both versions */
export const makeInstallation = async (
  keptn: KeptnAccess,
  settings: Readonly<Record<string, string>>,
): Promise<Installation> => {
  const namespace = await makeNamespace("upgrade");
  const { api, name } = namespace;
  const folder = await realpath(await mkdtemp(join(tmpdir(), "upgrade-")));
  const kubectl: Installation["kubectl"] = async (...args) => {
    const { stdout } = await promisify(execFile)("kubectl", ["-n", name, ...args], { maxBuffer: 16 * 1024 * 1024 });
    return stdout;
  };
  const started: Promise<FunctionProcess>[] = [];
  const start: Installation["start"] = async (version, program) => {
    const kubeconfig = await makeKubeconfig(api, { namespace: name, name: program }, folder);
    const given = await envOf(namespace, program, folder);
    const env = { ...given, KUBECONFIG: kubeconfig, KEPTN_API_TOKEN: keptn.token };
    return startFunction(program, env, version.programs);
  };
  const own = { KEPTN_API_ENDPOINT: keptn.endpoint, JOB_NAMESPACE: name, K8S_NAMESPACE: name, ...settings };
  return {
    ...{ namespace, kubectl },
    apply: async ({ manifests }) => {
      const overlay = overlayOf(relative(folder, join(manifests, "overlays", "in-cluster")), name, own);
      await writeFile(join(folder, "kustomization.yaml"), JSON.stringify(overlay));
      const applied = (await kubectl("apply", "-k", folder, "-o", "name")).trim().split("\n");
      return applied.map((object) => object.replace(/(job-executor-settings)-\w+$/, "$1"));
    },
    start: (version, program) => {
      const starting = start(version, program);
      started.push(starting);
      return starting;
    },
    remove: async () => {
      const running = await Promise.allSettled(started);
      await Promise.all(running.map((one) => one.status === "fulfilled" && one.value.stop()));
      await namespace.remove();
      await rm(folder, { recursive: true });
    },
  };
};

/** No keptn-source: the test delivers the events. */
const overlayOf = (base: string, namespace: string, settings: Readonly<Record<string, string>>) => {
  const literals = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
  return {
    ...{ apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization", resources: [base], namespace },
    replicas: [{ name: "keptn-source", count: 0 }],
    configMapGenerator: [{ name: "job-executor-settings", behavior: "merge", literals }],
  };
};

interface PodTemplate {
  readonly containers: readonly { readonly envFrom: readonly { readonly configMapRef: { readonly name: string } }[] }[];
  readonly volumes: readonly { readonly name: string; readonly configMap?: { readonly name: string } }[];
}

/** Its settings; its ConfigMap `job-changes` is written into the folder, as a pod mounts it. Version 0.1.0 has none. */
const envOf = async ({ api, name }: TestNamespace, program: string, folder: string) => {
  const get = async <T>(path: string): Promise<T> => (await api.call<T>({ method: "GET", path })).body;
  const dataOf = async (configMap: string) => {
    const path = `/api/v1/namespaces/${name}/configmaps/${configMap}`;
    return (await get<{ data: Readonly<Record<string, string>> }>(path)).data;
  };
  const service = `/apis/serving.knative.dev/v1/namespaces/${name}/services/${program}`;
  const { containers, volumes } = (await get<{ spec: { template: { spec: PodTemplate } } }>(service)).spec.template
    .spec;
  const settings = await dataOf(containers[0]?.envFrom[0]?.configMapRef.name ?? "");
  const watchSpec = volumes.find((volume) => volume.name === "job-changes")?.configMap?.name;
  if (!watchSpec) return settings;
  const mounted = join(folder, watchSpec);
  await mkdir(mounted, { recursive: true });
  const files = Object.entries(await dataOf(watchSpec));
  await Promise.all(files.map(([key, text]) => writeFile(join(mounted, key), text)));
  return { ...settings, WATCH_SPEC_DIR: mounted };
};
