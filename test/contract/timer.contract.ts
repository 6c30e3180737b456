// The sweep's timer: run on the double and on a real API server with Knative's kinds.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { RunScope } from "../../functions/lib/core/run/run-scope.ts";
import type { KubernetesApi } from "../../functions/lib/kubernetes/api.ts";
import { connectTimer } from "../../functions/lib/kubernetes/timer.ts";

export interface TimerWorld {
  readonly api: KubernetesApi;
  readonly namespace: string;
  close(): Promise<void>;
}

export const timerContract = (name: string, open: () => Promise<TimerWorld>): void => {
  describe(`timer contract: ${name}`, () => {
    let world: TimerWorld;
    before(async () => {
      world = await open();
    });
    after(() => world?.close());

    const connect = (scope: RunScope) =>
      connectTimer(world.api, {
        ...{ namespace: world.namespace, name: "sweep", schedule: "0 0 1 1 *", sink: "finish-task", scope },
        missing: assert.fail,
      });
    const old: RunScope = { managedBy: "job-executor-service", namespaces: ["jobs", "team-a"] };
    const present: RunScope = { managedBy: "executor", namespaces: ["*"] };

    test("remembers where each start-job that touched it has its Jobs", async () => {
      const [before, now] = [connect(old), connect(present)];
      assert.equal(await now.read(), undefined);
      await before.touch(new Date("2026-01-02T03:04:05Z"));
      assert.deepEqual((await now.read())?.scopes, [old]);
      await now.touch(new Date("2026-01-02T03:04:06Z"));
      await now.touch(new Date("2026-01-02T03:04:07Z"));
      const seen = await before.read();
      assert.equal(seen?.touchedAt.toISOString(), "2026-01-02T03:04:07.000Z");
      assert.deepEqual(
        seen.scopes.toSorted((a, b) => (a.managedBy < b.managedBy ? -1 : 1)),
        [present, old],
      );
    });

    test("goes only as it was read, and forgets them then", async () => {
      const timer = connect(present);
      const seen = await timer.read();
      await timer.touch(new Date("2026-01-02T03:04:08Z"));
      await timer.remove(seen?.resourceVersion ?? "");
      assert.ok(await timer.read());
      await timer.remove((await timer.read())?.resourceVersion ?? "");
      while (await timer.read());
      await timer.touch(new Date("2026-01-02T03:04:09Z"));
      assert.deepEqual((await timer.read())?.scopes, [present]);
    });
  });
};
