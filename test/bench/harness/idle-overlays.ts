// The overlays on a real cluster with Knative, after a run: which pods stay, and how large they are.
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { loadFunctionsImage } from "../../cluster/harness/image.ts";
import { until } from "../../cluster/harness/world.ts";
import { type Installation, type InstallationOptions, makeInstallation } from "../../e2e/harness/installation.ts";
import { listRunning } from "../../e2e/harness/traces.ts";
import { memoryOf } from "./process.ts";

export interface IdleOverlay {
  readonly name: string;
  readonly pods: number;
  /** In MiB, as `kubectl top` shows it: what the kernel could not give back. */
  readonly workingSet: number;
  /** In MiB, pages of files that others use as well included, as `ps` shows it; NaN where their node is another machine. */
  readonly resident: number;
}

const noProject = { PROJECT_FILTER: "no-project" };
interface Overlay {
  readonly name: string;
  readonly overlay: InstallationOptions["overlay"];
  readonly settings: Readonly<Record<string, string>>;
}

const overlays: readonly Overlay[] = [
  { name: "overlay zero", overlay: "zero", settings: {} },
  {
    name: "overlay in-cluster",
    overlay: "in-cluster",
    settings: { ...noProject, PUBSUB_URL: "nats://keptn-nats.keptn" },
  },
  {
    ...{ name: "overlay remote", overlay: "remote" },
    settings: { ...noProject, KEPTN_API_ENDPOINT: "http://api-gateway-nginx.keptn/api" },
  },
];

export const measureIdleOverlays = async (say: (progress: string) => void): Promise<readonly IdleOverlay[]> => {
  const image = await loadFunctionsImage();
  say("the overlays on the cluster: until their functions are at zero");
  return Promise.all(overlays.map((overlay) => measureIdle(image, overlay)));
};

const measureIdle = async (image: string, { name, overlay, settings }: Overlay): Promise<IdleOverlay> => {
  const installation = await makeInstallation({ overlay, token: process.env["KEPTN_API_TOKEN"] ?? "", settings });
  try {
    await installation.apply(image);
    await installation.kubectl("wait", "--for=condition=Ready", "--all", "--timeout=180s", "ksvc");
    const functions = async () =>
      (await listPods(installation)).filter((pod) => /^(start-job|finish-task)-/.test(pod.name));
    await until(`${name}: the functions are at zero`, async () => (await functions()).length === 0, 600);
    let measured: Awaited<ReturnType<typeof measure>>;
    await until(`${name}: what stays is measured`, async () => {
      measured = await measure(installation);
      return measured !== undefined;
    });
    return { name, ...measured! };
  } finally {
    await installation.remove();
  }
};

interface SeenPod {
  readonly name: string;
  readonly uid: string;
}

const listPods = async (installation: Installation): Promise<readonly SeenPod[]> => {
  const running = await listRunning(installation);
  const pods = JSON.parse(await installation.kubectl("get", "pods", "-o", "json")).items as { metadata: SeenPod }[];
  return pods.map(({ metadata }) => metadata).filter(({ name }) => running.includes(`pod/${name}`));
};

/** @returns undefined where the kubelet has not measured a pod yet */
const measure = async (installation: Installation): Promise<Omit<IdleOverlay, "name"> | undefined> => {
  const pods = await listPods(installation);
  const nodes = JSON.parse(await kubectl("get", "nodes", "-o", "json")).items as { metadata: { name: string } }[];
  const texts = await Promise.all(
    nodes.map(({ metadata }) => kubectl("get", "--raw", `/api/v1/nodes/${metadata.name}/proxy/metrics/resource`)),
  );
  const bytes = pods.map(({ name }) => {
    const labels = `[^}]*namespace="${installation.namespace}",pod="${name}"`;
    const line = new RegExp(`^container_memory_working_set_bytes\\{${labels}\\} (\\S+)`, "gm");
    return sum([...texts.join("\n").matchAll(line)].map(([, value]) => Number(value)));
  });
  if (bytes.includes(0)) return undefined;
  return { pods: pods.length, workingSet: sum(bytes) / 2 ** 20, resident: sum(pods.map(({ uid }) => residentOf(uid))) };
};

/** Of the pod's processes on this machine: their control group carries its uid. */
const residentOf = (uid: string): number => {
  const name = new RegExp(uid.replaceAll("-", "[-_]"));
  const pids = readdirSync("/proc").filter((entry) => /^\d+$/.test(entry));
  const own = pids.filter((pid) => name.test(readIfThere(`/proc/${pid}/cgroup`)));
  const processes = own.map((pid) => memoryOf(Number(pid)).now);
  return processes.length > 0 ? sum(processes) : Number.NaN;
};

const readIfThere = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // the process is over
  }
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const kubectl = async (...args: readonly string[]): Promise<string> =>
  (await promisify(execFile)("kubectl", args, { maxBuffer: 64 * 1024 * 1024 })).stdout;
