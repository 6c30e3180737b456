// The API server behind a proxy that sometimes fails, before or after a request takes effect.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import type { Job } from "../../../functions/lib/core/kubernetes.ts";
import { freePort } from "./function-process.ts";
import type { Random } from "./random.ts";

export interface FaultyApi {
  /** A KUBECONFIG that goes through the proxy. */
  readonly kubeconfig: string;
  /** How many requests came, by method. */
  readonly requests: number;
  close(): Promise<void>;
}

export interface ApiFaults {
  readonly random: Random;
  /** Share of the requests that are refused with a 503 before they do anything. */
  readonly refused: number;
  /** Share of the requests whose connection is cut after they took effect. */
  readonly cut: number;
  /** What a Job becomes that is created, as a webhook could make it. */
  readonly mutateJob?: (job: Job) => Job;
}

export const startFaultyApi = async ({ random, refused, cut, mutateJob }: ApiFaults): Promise<FaultyApi> => {
  const upstream = await connect();
  const port = await freePort();
  let requests = 0;
  const server = createServer((incoming, outgoing) => {
    requests += 1;
    const chance = random.next();
    if (chance < refused) {
      incoming.resume();
      outgoing.writeHead(503).end();
      return;
    }
    const isJob = incoming.method === "POST" && /\/jobs(\?|$)/.test(incoming.url ?? "");
    upstream(incoming, outgoing, { cutAfter: chance < refused + cut, ...(isJob && mutateJob ? { mutateJob } : {}) });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const folder = await mkdtemp(join(tmpdir(), "kubeconfig-"));
  const kubeconfig = join(folder, "config");
  await writeFile(kubeconfig, JSON.stringify(configFor(`http://127.0.0.1:${port}`)));
  return {
    kubeconfig,
    get requests() {
      return requests;
    },
    close: async () => {
      await stop(server);
      await rm(folder, { recursive: true });
    },
  };
};

const stop = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

/** client-node takes plain HTTP only where TLS is not verified. */
const configFor = (server: string) => ({
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name: "faulty", cluster: { server, "insecure-skip-tls-verify": true } }],
  users: [{ name: "faulty", user: {} }],
  contexts: [{ name: "faulty", context: { cluster: "faulty", user: "faulty" } }],
  "current-context": "faulty",
});

/** Forwards a request with the rights of the real KUBECONFIG. */
const connect = async () => {
  const config = new KubeConfig();
  config.loadFromDefault();
  const server = config.getCurrentCluster()?.server ?? "";
  const options: Parameters<KubeConfig["applyToHTTPSOptions"]>[0] = {};
  await config.applyToHTTPSOptions(options);
  const { ca, cert, key } = options as { ca?: Buffer; cert?: Buffer; key?: Buffer };
  const agent = new Agent({ keepAlive: true, ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) });
  const start = server.startsWith("https:") ? httpsRequest : httpRequest;
  const forward = (incoming: IncomingMessage, outgoing: ServerResponse, how: Forwarding): void => {
    const { "content-length": length, ...given } = incoming.headers;
    const headers = {
      ...given,
      ...(how.mutateJob || length === undefined ? {} : { "content-length": length }),
      ...extraOf(options.headers),
    };
    const forwarded = start(server + (incoming.url ?? ""), { method: incoming.method, headers, agent }, (answer) => {
      if (how.cutAfter) {
        answer.resume();
        outgoing.destroy();
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on("error", () => outgoing.destroy());
    if (how.mutateJob) void text(incoming).then((body) => forwarded.end(mutated(body, how.mutateJob)));
    else incoming.pipe(forwarded);
  };
  return forward;
};

interface Forwarding {
  readonly cutAfter: boolean;
  readonly mutateJob?: ApiFaults["mutateJob"];
}

const mutated = (body: string, mutateJob: ApiFaults["mutateJob"]): string =>
  mutateJob ? JSON.stringify(mutateJob(JSON.parse(body) as Job)) : body;

const extraOf = (headers: unknown): Record<string, string> => (headers ?? {}) as Record<string, string>;
