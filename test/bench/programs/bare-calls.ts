// The floor of a warm function: makes the calls that it is told with our HTTP client, and does nothing else.
import { type Agent, createServer } from "node:http";
import { text } from "node:stream/consumers";
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { request } from "../../../functions/io/http.ts";
import { makeAgent } from "../../../functions/io/http-agent.ts";
import { connectWire } from "../../../functions/io/kubernetes/api.ts";
import type { Script, ScriptedCall } from "../harness/script.ts";

type Servers = Readonly<Record<ScriptedCall["server"], { readonly url: string; readonly agent: Agent }>>;

const connect = async (): Promise<Servers> => {
  const config = new KubeConfig();
  config.loadFromDefault();
  const { server, agent } = await connectWire(config);
  const keptn = new URL(process.env["KEPTN_API_ENDPOINT"] ?? "").origin;
  return { kubernetes: { url: server, agent }, keptn: { url: keptn, agent: makeAgent({ url: keptn }) } };
};

/** @returns the uid of an object that it created */
const call = async (servers: Servers, scripted: ScriptedCall): Promise<string | undefined> => {
  const { server, method, path, headers, body } = scripted;
  const { url, agent } = servers[server];
  const content = body === "" ? {} : { body };
  const limits = { timeoutMs: 10_000, maxBytes: 64 * 1024 * 1024 };
  const answer = await request({ agent, method, url: url + path, headers, ...content, ...limits });
  return method === "POST" ? JSON.parse(answer.body.toString()).metadata?.uid : undefined;
};

/** What was created in the script has another uid here, which later calls name. */
const play = async (servers: Servers, script: Script): Promise<void> => {
  const uids = new Map<string, string>();
  const playCall = async (scripted: ScriptedCall): Promise<void> => {
    let { body } = scripted;
    for (const [recorded, own] of uids) body = body.replaceAll(recorded, own);
    const uid = await call(servers, { ...scripted, body });
    if (uid && scripted.uid) uids.set(scripted.uid, uid);
  };
  for (const stage of script) await Promise.all(stage.map(playCall));
};

const main = async (): Promise<void> => {
  const servers = await connect();
  let next: Script = [];
  // PUT: the script for the next event. POST: the event.
  const server = createServer(async (incoming, outgoing) => {
    const body = await text(incoming);
    if (incoming.method === "PUT") next = JSON.parse(body);
    else await play(servers, next);
    outgoing.writeHead(204).end();
  });
  server.listen(Number(process.env["PORT"]));
};

void main();
