// An API server for tests: Jobs, pods, PingSources and ConfigMaps in memory, behind HTTP on this machine, with a kubeconfig to it.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Job } from "../../../functions/lib/core/kubernetes.ts";
import { startServer } from "../http-server.ts";
import { collectGarbage } from "./garbage-collector.ts";
import { type Fate, runJobs } from "./job-controller.ts";
import { deleteContent, type NamespaceState } from "./namespaces.ts";
import { makeObjectStore, type ObjectStore } from "./object-store.ts";
import { type Answer, type Serving, serve } from "./requests.ts";

export interface ApiServer {
  readonly url: string;
  /** File for KUBECONFIG. */
  readonly kubeconfig: string;
  readonly store: ObjectStore;
  /** `PATCH /apis/batch/v1/namespaces/jobs/jobs/a`, without queries, oldest first. */
  readonly calls: readonly string[];
  /** Another address of the same server, whose calls are noted apart as well. */
  connect(): Promise<Client>;
  /** How the pods of Jobs go that are released from now on. @param nth of the pod, from 0 on: with retries there can be several */
  fateOf: (job: Job, nth: number) => Fate;
  /** As an eviction does: the pod ends, and is gone. */
  evict(namespace: string, pod: string): void;
  jobs(): readonly Job[];
  /** @param state undefined: all is well with it again */
  setNamespace(name: string, state: NamespaceState | undefined): void;
  close(): Promise<void>;
}

export interface Client {
  readonly kubeconfig: string;
  readonly calls: readonly string[];
}

export interface ApiServerOptions {
  /** Kinds that this cluster does not know. */
  readonly without?: readonly string[];
  readonly answerFirst?: NonNullable<Serving["answerFirst"]>;
}

export const startApiServer = async (options: ApiServerOptions = {}): Promise<ApiServer> => {
  const store = makeObjectStore();
  const calls: string[] = [];
  const controller = runJobs(store, (job, nth) => api.fateOf(job, nth));
  const stopCollecting = collectGarbage(store);
  const namespaces = new Map<string, NamespaceState>();
  const without = new Set(options.without);
  const listen = (noted: string[]) =>
    startServer(async (incoming, outgoing) => {
      const [path = "", query = ""] = (incoming.url ?? "").split("?");
      const asked = { method: incoming.method ?? "GET", path, query: new URLSearchParams(query) };
      noted.push(`${asked.method} ${path}`);
      if (noted !== calls) calls.push(`${asked.method} ${path}`);
      const { "content-type": contentType = "", accept = "" } = incoming.headers;
      const body = await text(incoming);
      const { answerFirst = () => undefined } = options;
      const serving = { store, without, namespaces, logOf: controller.logOf, answerFirst };
      send(outgoing, serve({ ...asked, contentType, accept, body }, serving));
    });
  const servers = [await listen(calls)];
  const folder = await mkdtemp(join(tmpdir(), "kubeconfig-"));
  const writeConfig = async (url: string): Promise<string> => {
    const file = join(folder, `config-${servers.length}`);
    await writeFile(file, JSON.stringify(makeKubeconfig(url)));
    return file;
  };
  const url = servers[0]?.url ?? "";
  const api: ApiServer = {
    ...{ url, kubeconfig: await writeConfig(url), store, calls, fateOf: () => ({}) },
    evict: controller.evict,
    connect: async () => {
      const own: string[] = [];
      const server = await listen(own);
      servers.push(server);
      return { kubeconfig: await writeConfig(server.url), calls: own };
    },
    jobs: () => store.list((collection) => collection.endsWith("/jobs")) as unknown as Job[],
    setNamespace: (name, state) => {
      if (state) namespaces.set(name, state);
      else namespaces.delete(name);
      if (state === "terminating") deleteContent(store, name);
    },
    close: async () => {
      controller.stop();
      stopCollecting();
      await Promise.all(servers.map((server) => server.close()));
      await rm(folder, { recursive: true });
    },
  };
  return api;
};

const send = (outgoing: ServerResponse, { status, body }: Answer): void => {
  const isPlain = typeof body === "string" || Buffer.isBuffer(body);
  outgoing.writeHead(status, { "content-type": isPlain ? "text/plain" : "application/json" });
  outgoing.end(isPlain ? body : JSON.stringify(body));
};

/** client-node takes plain HTTP only where TLS is not verified. */
export const makeKubeconfig = (server: string) => ({
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name: "double", cluster: { server, "insecure-skip-tls-verify": true } }],
  users: [{ name: "double", user: {} }],
  contexts: [{ name: "double", context: { cluster: "double", user: "double" } }],
  "current-context": "double",
});
