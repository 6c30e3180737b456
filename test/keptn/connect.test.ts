// `job-executor connect` and `disconnect` on a real Keptn: its webhook-service calls our Broker on this machine, with start-job behind it.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { disconnect } from "../../functions/cli/connect/disconnect.ts";
import { connect } from "../../functions/cli/connect/handler.ts";
import { listConnected } from "../../functions/cli/connect/list.ts";
import { openPorts } from "../../functions/cli/connect/open.ts";
import type { ConnectOptions } from "../../functions/cli/connect/ports.ts";
import { connectKeptn } from "../../functions/lib/keptn/keptn.ts";
import { connectApi } from "../../functions/lib/kubernetes/api.ts";
import { connectConnectionObjects } from "../../functions/lib/kubernetes/connections.ts";
import { startJob } from "../../functions/start-job/handler.ts";
import { makeUser, triggerUntil } from "../contract/keptn-user.ts";
import { settingsFor } from "../doubles/keptn/settings.ts";
import { makeTerminal } from "../doubles/terminal.ts";
import { openWorld } from "../doubles/world.ts";
import { withRemoval } from "./removal.ts";

const { KEPTN_ENDPOINT = "", KEPTN_API_TOKEN = "", KEPTN_CALLBACK_HOST, KUBECONFIG } = process.env;
const skip =
  KEPTN_CALLBACK_HOST && KUBECONFIG
    ? false
    : "KEPTN_CALLBACK_HOST (an address of this machine that Keptn's pods reach, and that its deny list allows) or KUBECONFIG is not set";

const name = `connect-${randomUUID().slice(0, 8)}`;
/** A task of this run alone: nobody else's subscription to it, or to what it overlaps, is in the way, and ours in nobody's. */
const task = `deploy-${name}`;
const type = `sh.keptn.event.${task}.triggered`;

const shipyard = `apiVersion: spec.keptn.sh/0.2.3
kind: Shipyard
metadata: {name: webhook}
spec: {stages: [{name: dev, sequences: [{name: delivery, tasks: [{name: ${task}}]}]}]}
`;

const foreign = `# The team's own webhooks.
apiVersion: webhookconfig.keptn.sh/v1beta1
kind: WebhookConfig
metadata:
  name: chat # do not rename
spec:
  webhooks:
    - type: sh.keptn.event.release.finished
      subscriptionID: 11111111-1111-1111-1111-111111111111
      sendFinished: true
      requests:
        - url: https://chat.example.com/{{.env.CHANNEL}}
          method: POST
`;

describe("connect and disconnect on a real Keptn", { skip }, () => {
  const keptn = connectKeptn(settingsFor({ endpoint: KEPTN_ENDPOINT || "http://none", token: KEPTN_API_TOKEN }));
  const user = makeUser({ endpoint: KEPTN_ENDPOINT, token: KEPTN_API_TOKEN });
  const api = skip ? undefined : connectApi();
  const arrived: string[] = [];
  let [url, deliver] = ["", async (_event: object) => {}];
  const broker = createServer(async (request, answer) => {
    answer.writeHead(202).end();
    await deliver(eventOf(request, JSON.parse(await text(request).catch(() => "{}"))));
  });

  before(async () => {
    await new Promise<void>((resolve) => broker.listen(0, "0.0.0.0", resolve));
    url = `http://${KEPTN_CALLBACK_HOST}:${(broker.address() as AddressInfo).port}/${name}/keptn`;
    await api?.call({ method: "POST", path: "/api/v1/namespaces", body: { metadata: { name } } });
    await user.createProject(name, shipyard);
    await user.createService(name, "carts");
    await user.addFiles({ project: name }, { "webhook/webhook.yaml": foreign });
  });
  after(async () => {
    await user.deleteProject(name);
    await api?.call({ method: "DELETE", path: `/api/v1/namespaces/${name}` });
    broker.close();
    broker.closeAllConnections();
  });

  const run = async (act: typeof connect, given: Partial<ConnectOptions> = {}, token = KEPTN_API_TOKEN) => {
    const env = { KEPTN_API_ENDPOINT: KEPTN_ENDPOINT, KEPTN_API_TOKEN: token };
    const terminal = { ...makeTerminal(() => new Date()), env };
    const options = {
      project: name,
      url,
      namespace: name,
      keptnNamespace: "keptn",
      probe: false,
      format: "text",
    } as const;
    const opened = openPorts({ ...options, ...given }, terminal);
    const code = await opened.explained(({ ports, options: whole }) =>
      act(whole, { ...ports, keptn: withRemoval(ports.keptn) }, terminal),
    );
    const kinds = new Set(terminal.stderr.map((line) => line.slice(0, 7).trim()));
    return { code, kinds, said: terminal.stderr.join("\n"), stdout: terminal.stdout.join("\n") };
  };
  const readFile = async () => {
    const path = `resource-service/v1/project/${name}/resource/webhook%252Fwebhook.yaml`;
    const answer = await fetch(`${KEPTN_ENDPOINT}/${path}`, { headers: { "x-token": KEPTN_API_TOKEN } });
    const { resourceContent = "" } = (await answer.json()) as { resourceContent?: string };
    return Buffer.from(resourceContent, "base64").toString();
  };
  const getDenyList = async () => (api && (await connectConnectionObjects(api).getDenyList("keptn"))) ?? "";

  test("reports what blocks webhook-service without changing anything, and --allow fixes it", async () => {
    const line = `/${name}/keptn`; // of this address alone: others use this Keptn, too
    if (api) await connectConnectionObjects(api).setDenyList("keptn", `${await getDenyList()}\n${line}`);
    const denied = await run(connect);
    assert.equal(denied.code, 1);
    assert.match(denied.said, /deny list blocks .*\n +-> kubectl -n keptn patch configmap keptn-webhook-config/);
    assert.equal(await readFile(), foreign);
    assert.match((await run(listConnected)).said, /Nothing is connected/);
    const { code, said } = await run(connect, { allow: true });
    assert.equal(code, 0, said);
    assert.ok(!(await getDenyList()).includes(line));
  });

  test("keeps other people's webhooks, sends a probe end to end, and changes nothing the second time", async (t) => {
    const world = await openWorld(t);
    deliver = async (event) => {
      await startJob({ ...world.ports, keptn })(event);
    };
    const again = await run(connect, { probe: true });
    assert.deepEqual([again.code, again.kinds], [0, new Set(["ok"])], again.said);
    assert.match(again.said, /A probe event reached start-job, and its response reached Keptn, after/);
    const file = await readFile();
    assert.ok(file.startsWith(foreign), file);
    assert.deepEqual(
      ["deploy-", "evaluation", "get-sli", "job-executor-probe"].map(
        (one) => file.split(`type: sh.keptn.event.${one}`).length - 1,
      ),
      [1, 1, 1, 1],
    );
  });

  test("delivers the events of a sequence", async () => {
    deliver = async (event) => void arrived.push((event as { readonly type: string }).type);
    const at = { project: name, stage: "dev", service: "carts" };
    const context = await triggerUntil(user, { at, sequence: "delivery", data: {} }, () => arrived.includes(type));
    await user.abort(name, context);
  });

  test("applies changed options, and lists what is connected", async () => {
    const { code, said } = await run(connect, { event: [task, `also-${name}`] });
    assert.equal(code, 0, said);
    assert.match(said, new RegExp(`Subscription to ${type} exists`));
    assert.match(said, new RegExp(`Created subscription to sh.keptn.event.also-${name}.triggered`));
    assert.match(said, /Removed subscription to sh\.keptn\.event\.get-sli\.triggered/);
    const { stdout } = await run(listConnected);
    assert.match(stdout, new RegExp(`^${name} +\\* +\\* +${type} +${url}$`, "m"));
  });

  test("does not steal events from somebody else's subscription", async () => {
    const event = `sh.keptn.event.of-${name}.triggered`;
    const body = { event, filter: { projects: [`other-${name}`], stages: [], services: [] } };
    const { id, remove } = await user.subscribe("webhook-service", body);
    const { code, said } = await run(connect, { event: [`sh.keptn.event.of-${name}.*`], dryRun: true });
    assert.equal(code, 1, said);
    assert.ok(said.includes(`${event} (project other-${name}, ${id})`), said);
    await remove();
  });

  test("adds a new task of the shipyard file before any sequence with it ran", async () => {
    const more = shipyard.replace("tasks: [", `tasks: [{name: new-${name}}, `);
    await user.addFiles({ project: name }, { "shipyard.yaml": more });
    const { code, said } = await run(connect);
    assert.equal(code, 0, said);
    assert.match(said, new RegExp(`Created subscription to sh.keptn.event.new-${name}.triggered`));
    assert.match(said, new RegExp(`Subscription to ${type} exists`));
  });

  test("disconnect undoes it, is idempotent, and leaves what is not ours", async () => {
    const first = await run(disconnect);
    assert.equal(first.code, 0, first.said);
    assert.equal(await readFile(), foreign);
    assert.ok((await getDenyList()).includes(`/${name}/keptn`), "what --allow took out is there again");
    const second = await run(disconnect);
    assert.deepEqual([second.code, second.kinds], [0, new Set(["ok"])], second.said);
    const without = (await getDenyList()).split("\n").filter((one) => one !== `/${name}/keptn`);
    if (api) await connectConnectionObjects(api).setDenyList("keptn", without.join("\n"));
  });

  test("reports a token that Keptn rejects, and where to find a valid one", async () => {
    await assert.rejects(
      run(connect, {}, "wrong"),
      /rejects KEPTN_API_TOKEN \(4\d\d\)\. To read the token: kubectl -n keptn get secret/,
    );
    await sleep(2_000); // the gateway holds a grudge against this address for a second
  });
});

const eventOf = ({ headers }: IncomingMessage, data: unknown) => ({
  ...{ specversion: "1.0", id: headers["ce-id"], type: headers["ce-type"], source: headers["ce-source"], data },
});
