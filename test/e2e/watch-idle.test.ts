// An ApiServerSource is created and removed between and during runs: each run is still reported to Keptn exactly once.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { connectApi } from "../../functions/lib/kubernetes/api.ts";
import { loadFunctionsImage } from "../cluster/harness/image.ts";
import { makeUser } from "../contract/keptn-user.ts";
import { runCommand } from "./harness/command.ts";
import { isShort, KEPTN_API_TOKEN, KEPTN_ENDPOINT, KEPTN_NATS_URL, unavailable } from "./harness/environment.ts";
import { type Installation, makeInstallation } from "./harness/installation.ts";
import { type Observer, observe } from "./harness/observer.ts";
import { assertPassed } from "./harness/passed.ts";
import { makeScenario, type Ran, type Scenario } from "./harness/scenario.ts";

const skip = isShort ? "half an hour: not in the short form" : unavailable;
const [runs, perBurst] = [200, 10];
/** A sweep ends the ApiServerSource 30 to 90 s after a run: bursts begin before, while and after it goes. */
const pausesMs = [40_000, 65_000, 80_000, 55_000];

describe("bursts of runs, with an ApiServerSource that is created and removed", { skip }, () => {
  const project = `bursts-${randomUUID().slice(0, 8)}`;
  const user = makeUser({ endpoint: KEPTN_ENDPOINT, token: KEPTN_API_TOKEN });
  let installation: Installation;
  let observer: Observer;
  let scenario: Scenario;

  before(async () => {
    const settings = { CREATE_GRACE_SECONDS: "60", WATCH_IDLE_SECONDS: "5" };
    installation = await makeInstallation({ overlay: "zero", token: KEPTN_API_TOKEN, settings });
    observer = await observe(KEPTN_NATS_URL, { api: connectApi(), namespace: installation.namespace });
    scenario = await makeScenario(user, { observer, project });
    await installation.apply(await loadFunctionsImage());
    await installation.kubectl("wait", "--for=condition=Ready", "--all", "--timeout=180s", "ksvc,broker,trigger");
    await user.createService(project, "probed"); // a probe is an event of a service: before it came, webhook-service may not listen yet
    const args = ["--project", project, "--namespace", installation.namespace, "--allow"];
    const { code, stderr } = await runCommand("connect", ...args);
    assert.equal(code, 0, stderr);
  });
  after(async () => {
    await scenario?.remove();
    await observer?.close();
    await installation?.remove();
  });

  test(`${runs} runs: one .started and one .finished each`, async () => {
    const sources = new Set<string>();
    const noteSource = async () => {
      const uid = ["get", "apiserversources", "-o", "jsonpath={.items[*].metadata.uid}"];
      for (const seen of (await installation.kubectl(...uid)).split(" ").filter(Boolean)) sources.add(seen);
    };
    const ran: Ran[] = [];
    const late: number[] = [];
    for (let burst = 0; ran.length < runs; burst++) {
      if (burst > 0) await sleep(pausesMs[burst % pausesMs.length]);
      const running = Array.from({ length: perBurst }, () => scenario.run("one", { onReleased: noteSource }));
      ran.push(...(await Promise.all(running)));
      await noteSource();
    }
    await sleep(5000); // one told twice would be here by now
    let again = 0;
    for (const one of ran) {
      const { triggered, finished, jobs } = one;
      const [started, ended] = [".started", ".finished"].map((kind) =>
        observer.events.filter(({ triggeredid, type }) => triggeredid === triggered.id && type.endsWith(kind)),
      );
      again += assertPassed({ ...one, started: started ?? [], finished: ended ?? [] });
      late.push((finished[0]?.atMs ?? 0) - Math.max(...jobs.flatMap(({ endedAtMs }) => endedAtMs ?? [])));
    }
    late.sort((a, b) => a - b);
    const at = (share: number) => ((late[Math.floor(share * (late.length - 1))] ?? 0) / 1000).toFixed(2);
    console.log(
      `${ran.length} runs, ${again} of their events sent twice, ${sources.size} ApiServerSources one after another; Job's end to .finished: median ${at(0.5)} s, latest ${at(1)} s`,
    );
    assert.ok(sources.size > 0);
  });
});
