// The floor of a warm function: makes the calls that it is told with our clients of Kubernetes and Keptn, and does nothing else.
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { parseKeptnSettings } from "../../../functions/lib/core/settings/keptn-settings.ts";
import { connectApi as connectKeptn, type KeptnApi } from "../../../functions/lib/keptn/api.ts";
import { connectApi as connectKubernetes, type KubernetesApi } from "../../../functions/lib/kubernetes/api.ts";
import type { Script, ScriptedCall } from "../harness/script.ts";

/** With what its body is, so that only what a function has to do as well is done for an event. */
interface Call extends ScriptedCall {
  readonly content: unknown;
}

type Make = (call: Call) => Promise<string | undefined>;

const connect = (): Readonly<Record<ScriptedCall["server"], Make>> => {
  const parsed = parseKeptnSettings(process.env);
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  const { settings } = parsed;
  const endpoint = `${new URL(settings.KEPTN_API_ENDPOINT ?? "").pathname}/`.replace("//", "/");
  return { kubernetes: callKubernetes(connectKubernetes()), keptn: callKeptn(connectKeptn(settings), endpoint) };
};

/** @returns the uid of an object that it created */
const callKubernetes =
  (api: KubernetesApi): Make =>
  async ({ method, path, headers, content }) => {
    const { accept = "application/json", "content-type": contentType = accept } = headers;
    const call = {
      method: method as "GET",
      path,
      accept,
      ...(content === undefined ? {} : { body: content, contentType }),
    };
    if (path.includes("/log?")) {
      for await (const _ of (await api.stream(call)).chunks);
      return undefined;
    }
    const isRead = method === "GET" || /\/jobs\?/.test(path); // a Job is; that a note was written is all there is to know
    const { body } = await api.call<{ metadata?: { uid?: string } }>({ ...call, ...(isRead ? {} : { unread: true }) });
    return body.metadata?.uid;
  };

const anyShape = { safeParse: (data: unknown) => ({ success: true, data }) as const };

const callKeptn =
  (api: KeptnApi, endpoint: string): Make =>
  async ({ method, path, content }) => {
    const changes = method === "GET" ? {} : { method: method as "POST", body: content };
    await api.call({ ...changes, path: path.slice(endpoint.length), shape: anyShape });
    return undefined;
  };

const main = (): void => {
  const makers = connect();
  let next: readonly (readonly Call[])[] = [];
  /** What was created in the script has another uid here, which later calls name. */
  const play = async (): Promise<void> => {
    const uids = new Map<string, string>();
    const playCall = async (call: Call): Promise<void> => {
      let { body } = call;
      for (const [recorded, own] of uids) body = body.replaceAll(recorded, own);
      const uid = await makers[call.server](body === call.body ? call : { ...call, content: JSON.parse(body) });
      if (uid && call.uid) uids.set(call.uid, uid);
    };
    for (const stage of next) await Promise.all(stage.map(playCall));
  };
  // PUT: the script for the next event. POST: the event.
  const server = createServer(async (incoming, outgoing) => {
    const body = await text(incoming);
    if (incoming.method === "PUT") next = prepare(JSON.parse(body));
    else await play();
    outgoing.writeHead(204).end();
  });
  server.listen(Number(process.env["PORT"]));
};

const prepare = (script: Script) =>
  script.map((stage) =>
    stage.map((call) => ({ ...call, content: call.body === "" ? undefined : JSON.parse(call.body) })),
  );

main();
