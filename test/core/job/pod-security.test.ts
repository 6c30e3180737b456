// Which security contexts Kubernetes' Pod Security levels refuse.
import assert from "node:assert/strict";
import { test } from "node:test";
import { flawsOfBaseline, flawsOfRestricted } from "../../../functions/core/job/pod-security.ts";

test("what says nothing, or what the level wants, has no flaw", () => {
  assert.deepEqual(flawsOfRestricted({}), []);
  const strict = { runAsNonRoot: true, capabilities: { add: ["NET_BIND_SERVICE"], drop: ["ALL"] } };
  assert.deepEqual(flawsOfRestricted(strict), []);
});

test("restricted refuses root, and capabilities that are not dropped", () => {
  const root = { runAsNonRoot: false, runAsUser: 0, capabilities: { add: ["CHOWN"], drop: ["KILL"] } };
  assert.deepEqual(flawsOfRestricted(root), ["runAsNonRoot: false", "runAsUser: 0", "add: CHOWN", "no drop: [ALL]"]);
  assert.deepEqual(flawsOfBaseline(root), []);
});

test("baseline refuses what leads out of the container", () => {
  const open = { privileged: true, procMount: "Unmasked", seccompProfile: { type: "Unconfined" } } as const;
  const flaws = ["privileged: true", "procMount: Unmasked", "seccompProfile: Unconfined", "add: SYS_TIME"];
  assert.deepEqual(flawsOfBaseline({ ...open, capabilities: { add: ["SYS_TIME"] } }), flaws);
});
