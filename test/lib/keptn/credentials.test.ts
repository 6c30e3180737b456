import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { IoError } from "../../../functions/lib/io-error.ts";
import { connectKeptn } from "../../../functions/lib/keptn/keptn.ts";
import type { Keptn } from "../../../functions/lib/keptn/ports.ts";
import { type KeptnDouble, startKeptn } from "../../doubles/keptn/keptn-double.ts";
import { settingsFor } from "../../doubles/keptn/settings.ts";

const project = "sockshop";
const ask = (keptn: Keptn) =>
  keptn.isOpen({ id: "1", type: "sh.keptn.event.test.triggered", source: "shipyard-controller", project });

describe("the API token", () => {
  let folder: string;
  let file: string;
  let double: KeptnDouble;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "token-"));
    file = join(folder, "token");
  });
  after(() => rm(folder, { recursive: true }));
  beforeEach(async () => {
    double = await startKeptn();
    double.plane.projects.repository(project);
    await writeFile(file, `${double.token}\n`);
  });
  afterEach(() => double.close());

  const connect = (env: Record<string, string> = {}) =>
    connectKeptn(
      settingsFor({ ...double, token: "" }, { KEPTN_API_TOKEN_FILE: file, KEPTN_RETRY_SECONDS: "2", ...env }),
    );
  const faultOf = async (promise: Promise<unknown>): Promise<IoError> => {
    const error = await promise.then(
      () => undefined,
      (error) => error,
    );
    assert.ok(error instanceof IoError, `no IoError but ${error}`);
    return error;
  };

  test("is read from a file, without the trailing newline", async () => {
    assert.equal(await ask(connect()), false);
    assert.equal(double.calls.length, 1);
  });

  test("is read again when Keptn refuses it, so that a rotation goes unnoticed", async () => {
    const keptn = connect();
    await ask(keptn);
    double.token = "rotated";
    await writeFile(file, "rotated");
    assert.equal(await ask(keptn), false);
    assert.equal(double.calls.length, 3);
  });

  test("is tried once per call while refused, and works again after a rotation", async () => {
    const keptn = connect();
    double.token = "rotated";
    const fault = await faultOf(ask(keptn));
    assert.deepEqual([fault.retryable, fault.httpStatus, double.calls.length], [true, 401, 1]);
    await writeFile(file, "rotated");
    assert.equal(await ask(keptn), false);
    assert.equal(double.calls.length, 2, "the refused one was not tried again");
  });

  test("is tried by one call at a time while refused, even when many arrive at once", async () => {
    const keptn = connect();
    double.token = "rotated";
    await faultOf(ask(keptn));
    let [now, most] = [0, 0];
    const slow = { on: /./, kind: { delayMs: 30 }, times: Number.POSITIVE_INFINITY } as const;
    double.fault(slow);
    const watch = setInterval(() => {
      now = double.underWay();
      most = Math.max(most, now);
    }, 5);
    await Promise.all(Array.from({ length: 8 }, () => faultOf(ask(keptn))));
    clearInterval(watch);
    assert.equal(most, 1);
  });

  test("allows concurrent calls once it is valid again", async () => {
    const keptn = connect();
    const right = double.token;
    double.token = "other";
    await faultOf(ask(keptn));
    double.token = right;
    await ask(keptn);
    double.fault({ on: /./, kind: "hang" });
    const hanging = faultOf(ask(keptn));
    assert.equal(await ask(keptn), false);
    await double.close();
    await hanging;
  });

  test("does not make a call wait longer than its budget", async () => {
    const patient = connect({ KEPTN_RETRY_SECONDS: "3" });
    double.token = "other";
    await faultOf(ask(patient));
    double.fault({ on: /./, kind: "hang" });
    const hanging = faultOf(ask(patient));
    const fault = await faultOf(ask(patient.within(0.3)));
    assert.match(fault.message, /the time budget is used up/);
    assert.deepEqual([fault.retryable, fault.outcomeUnknown], [true, false]);
    await double.close();
    await hanging;
  });

  test("fails with the name of its file when the file does not exist", async () => {
    const keptn = connect({ KEPTN_API_TOKEN_FILE: join(folder, "none"), KEPTN_RETRY_SECONDS: "1" });
    const fault = await faultOf(ask(keptn));
    assert.match(fault.message, /The secret in .*none cannot be read\./);
    assert.deepEqual([fault.retryable, double.calls.length], [true, 0]);
  });
});

test("all calls of one delivery share the same deadline", async () => {
  const double = await startKeptn();
  const keptn = connectKeptn(settingsFor(double)).within(1);
  double.fault({ on: /./, kind: "hang", times: Number.POSITIVE_INFINITY });
  const outcomes = await Promise.allSettled([ask(keptn), ask(keptn)]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ["rejected", "rejected"],
  );
  await assert.rejects(ask(keptn), (error) => error instanceof IoError && error.retryable && !error.outcomeUnknown);
  await double.close();
});
