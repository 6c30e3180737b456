// Keptn's contract: who may speak to it, and how it knows us.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { envelopeOf } from "../../functions/lib/core/event/keptn-event.ts";
import { makeStarted } from "../../functions/lib/core/report/finished-event.ts";
import { connectKeptn } from "../../functions/lib/keptn/keptn.ts";
import { settingsFor } from "../doubles/keptn/settings.ts";
import { begin, faultOf, type KeptnBench, source } from "./keptn-bench.ts";

interface Integration {
  readonly id: string;
  readonly subscriptions: readonly { readonly event: string }[];
}

interface LogEntry {
  readonly message: string;
  readonly task: string;
}

export const accessContract = (bench: KeptnBench): void => {
  const { project } = bench.at;
  const list = async <T>({ endpoint, token }: KeptnBench["world"], path: string): Promise<T> =>
    (await fetch(`${endpoint}/controlPlane/v1/${path}`, { headers: { "x-token": token } })).json() as Promise<T>;

  test("registers once, however often, and writes to the error log under that name", async () => {
    const { world } = bench;
    const settings = settingsFor(world, { KEPTN_SOURCE: `contract-${randomUUID().slice(0, 8)}` });
    await Promise.all([connectKeptn(settings).register(), connectKeptn(settings).register()]);
    const found = await list<Integration[]>(world, `uniform/registration?name=${settings.KEPTN_SOURCE}`);
    assert.deepEqual(
      found.map(({ subscriptions }) => subscriptions.map(({ event }) => event)),
      [["sh.keptn.event.*.triggered"]],
    );
    await connectKeptn(settings).logError({ message: "no such image", task: "test" });
    const { logs } = await list<{ logs: LogEntry[] }>(world, `log?integrationId=${found[0]?.id}`);
    assert.deepEqual(
      logs.map(({ message, task }) => [message, task]),
      [["no such image", "test"]],
    );
  });

  test("one attempt with a wrong token fails, and does no harm to the right one", async () => {
    const wrong = connectKeptn(settingsFor({ ...bench.world, token: "wrong" }));
    const fault = await faultOf(
      wrong.isOpen({ id: "1", type: "sh.keptn.event.test.triggered", source: "shipyard-controller", project }),
    );
    assert.deepEqual([fault.retryable, fault.httpStatus], [true, 401]);
    assert.equal(
      await bench.keptn.isOpen({
        id: "1",
        type: "sh.keptn.event.test.triggered",
        source: "shipyard-controller",
        project,
      }),
      false,
    );
    const { event } = await begin(bench);
    const refused = await faultOf(wrong.send(makeStarted(envelopeOf(event), source)));
    assert.deepEqual([refused.retryable, refused.outcomeUnknown, refused.httpStatus], [true, false, 401]);
  });

  test("too many attempts with a wrong token lock everybody of this address out for a moment", async () => {
    const wrong = settingsFor({ ...bench.world, token: "wrong" }, { KEPTN_RETRY_SECONDS: "1" });
    const attempts = Array.from({ length: 4 }, () =>
      faultOf(
        connectKeptn(wrong).isOpen({
          id: "1",
          type: "sh.keptn.event.test.triggered",
          source: "shipyard-controller",
          project,
        }),
      ),
    );
    const statuses = (await Promise.all(attempts)).map(({ httpStatus }) => httpStatus);
    assert.ok(statuses.includes(401), String(statuses));
    // the right token is not heard either, and comes through by its retries
    assert.equal(
      await bench.keptn.isOpen({
        id: "1",
        type: "sh.keptn.event.test.triggered",
        source: "shipyard-controller",
        project,
      }),
      false,
    );
  });
};
