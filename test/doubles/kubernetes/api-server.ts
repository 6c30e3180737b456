// An API server for tests: Jobs, pods, PingSources and ConfigMaps in memory, behind HTTP on this machine, with a kubeconfig to it.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Job } from "../../../functions/core/kubernetes.ts";
import { startServer } from "../http-server.ts";
import { type Fate, runJobs } from "./job-controller.ts";
import { makeObjectStore, type ObjectStore } from "./object-store.ts";
import { type Answer, serve } from "./requests.ts";

export interface ApiServer {
  readonly url: string;
  /** File for KUBECONFIG. */
  readonly kubeconfig: string;
  readonly store: ObjectStore;
  /** `PATCH /apis/batch/v1/namespaces/jobs/jobs/a`, without queries, oldest first. */
  readonly calls: string[];
  /** How the pods of Jobs go that are released from now on. */
  fateOf: (job: Job) => Fate;
  jobs(): readonly Job[];
  close(): Promise<void>;
}

export const startApiServer = async (options: { readonly without?: readonly string[] } = {}): Promise<ApiServer> => {
  const store = makeObjectStore();
  const calls: string[] = [];
  const controller = runJobs(store, (job) => api.fateOf(job));
  const without = new Set(options.without);
  const server = await startServer(async (incoming, outgoing) => {
    const [path = "", query = ""] = (incoming.url ?? "").split("?");
    const asked = { method: incoming.method ?? "GET", path, query: new URLSearchParams(query) };
    calls.push(`${asked.method} ${path}`);
    const [contentType = "", body] = [incoming.headers["content-type"], await text(incoming)];
    const answer = serve({ ...asked, contentType, body }, { store, without, logOf: controller.logOf });
    send(outgoing, answer);
  });
  const folder = await mkdtemp(join(tmpdir(), "kubeconfig-"));
  const kubeconfig = join(folder, "config");
  await writeFile(kubeconfig, JSON.stringify(makeKubeconfig(server.url)));
  const api: ApiServer = {
    ...{ url: server.url, kubeconfig, store, calls, fateOf: () => ({}) },
    jobs: () => store.list((collection) => collection.endsWith("/jobs")) as unknown as Job[],
    close: async () => {
      controller.stop();
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
  return api;
};

const send = (outgoing: ServerResponse, { status, body }: Answer): void => {
  const isText = typeof body === "string";
  outgoing.writeHead(status, { "content-type": isText ? "text/plain" : "application/json" });
  outgoing.end(isText ? body : JSON.stringify(body));
};

/** client-node takes plain HTTP only where TLS is not verified. */
const makeKubeconfig = (server: string) => ({
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name: "double", cluster: { server, "insecure-skip-tls-verify": true } }],
  users: [{ name: "double", user: {} }],
  contexts: [{ name: "double", context: { cluster: "double", user: "double" } }],
  "current-context": "double",
});
