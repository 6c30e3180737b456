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
  const own = { KEPTN_API_ENDPOINT: keptn.endpoint, JOB_NAMESPACE: name, K8S_NAMESPACE: name, ...settings };
  return {
    ...{ namespace, kubectl },
    apply: async ({ manifests }) => {
      const overlay = overlayOf(relative(folder, join(manifests, "overlays", "in-cluster")), name, own);
      await writeFile(join(folder, "kustomization.yaml"), JSON.stringify(overlay));
      const applied = (await kubectl("apply", "-k", folder, "-o", "name")).trim().split("\n");
      return applied.map((object) => object.replace(/(job-executor-settings)-\w+$/, "$1"));
    },
    start: async (version, program) => {
      const kubeconfig = await makeKubeconfig(api, { namespace: name, name: program }, folder);
      const given = { ...(await settingsOf(kubectl, program)), ...(await watchSpecOf(kubectl, program, folder)) };
      const env = { ...given, KUBECONFIG: kubeconfig, KEPTN_API_TOKEN: keptn.token };
      return startFunction(program, env, version.programs);
    },
    remove: async () => {
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

interface ConfigMap {
  readonly data: Readonly<Record<string, string>>;
}

interface PodTemplate {
  readonly containers: readonly { readonly envFrom: readonly { readonly configMapRef: { readonly name: string } }[] }[];
  readonly volumes: readonly { readonly name: string; readonly configMap?: { readonly name: string } }[];
}

const podOf = async (kubectl: Installation["kubectl"], program: string): Promise<PodTemplate> => {
  const service = await kubectl("get", `services.serving.knative.dev/${program}`, "-o", "json");
  return (JSON.parse(service) as { spec: { template: { spec: PodTemplate } } }).spec.template.spec;
};

const dataOf = async (kubectl: Installation["kubectl"], configMap: string | undefined): Promise<ConfigMap["data"]> =>
  (JSON.parse(await kubectl("get", "configmap", configMap ?? "", "-o", "json")) as ConfigMap).data;

const settingsOf = async (kubectl: Installation["kubectl"], program: string): Promise<ConfigMap["data"]> => {
  const { containers } = await podOf(kubectl, program);
  return dataOf(kubectl, containers[0]?.envFrom[0]?.configMapRef.name);
};

/** Version 0.1.0 does not have it. */
const watchSpecOf = async (kubectl: Installation["kubectl"], program: string, folder: string) => {
  const { volumes } = await podOf(kubectl, program);
  const configMap = volumes.find(({ name }) => name === "job-changes")?.configMap?.name;
  if (!configMap) return {};
  const mounted = join(folder, configMap);
  await mkdir(mounted, { recursive: true });
  const files = Object.entries(await dataOf(kubectl, configMap));
  await Promise.all(files.map(([key, text]) => writeFile(join(mounted, key), text)));
  return { WATCH_SPEC_DIR: mounted };
};
