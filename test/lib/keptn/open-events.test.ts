import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { connectKeptnClient } from "../../../functions/keptn-source/keptn-client.ts";
import { type KeptnDouble, startKeptn } from "../../doubles/keptn/keptn-double.ts";
import { settingsFor } from "../../doubles/keptn/settings.ts";

const type = "sh.keptn.event.test.triggered";

describe("open events", () => {
  let double: KeptnDouble;
  beforeEach(async () => {
    double = await startKeptn();
  });
  afterEach(() => double.close());

  const trigger = (count: number) => Array.from({ length: count }, () => double.trigger({ type }).id);
  const pages = async (onPage: (page: readonly string[]) => void = () => {}): Promise<string[][]> => {
    const all: string[][] = [];
    for await (const page of connectKeptnClient(settingsFor(double)).listOpen({ type })) {
      const ids = page.map(({ id }) => id);
      all.push(ids);
      onPage(ids);
    }
    return all;
  };
  const asked = () => double.calls.filter((call) => call.includes("event/triggered")).length;

  test("take one request when they fit on one page, or when there are none", async () => {
    assert.deepEqual(await pages(), [[]]);
    const ids = trigger(100);
    assert.deepEqual(await pages(), [ids]);
    assert.equal(asked(), 2);
  });

  test("are listed oldest first across all pages", async () => {
    const ids = trigger(250);
    assert.deepEqual((await pages()).flat(), ids);
    assert.equal(asked(), 4);
  });

  test("triggered during a listing hide at most as many others, and only until the next poll", async () => {
    const ids = trigger(250);
    const seen = new Set((await pages((page) => void (page.includes(ids[0]!) && trigger(3)))).flat());
    assert.ok(ids.filter((id) => !seen.has(id)).length <= 3);
    assert.deepEqual((await pages()).flat().slice(0, 250), ids);
  });

  test("answered during a listing hide no others", async () => {
    trigger(250);
    const end = (page: readonly string[]) => {
      for (const id of page.slice(0, 20)) double.plane.shipyard.timeOut(id);
    };
    const seen = new Set((await pages(end)).flat());
    assert.ok(double.plane.shipyard.openEvents().every(({ id }) => seen.has(id)));
  });

  test("too large for a full page are listed in smaller pages", async () => {
    const log = "x".repeat(300_000);
    const ids = Array.from({ length: 60 }, () => double.trigger({ type, data: { log } }).id);
    assert.deepEqual((await pages()).flat(), ids);
  });
});
