// The engine's command line for a container.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContainerOrder } from "../../../functions/cli/local/engine.ts";
import { createArguments } from "../../../functions/cli/local/engine-arguments.ts";
import type { Container, PodSpec } from "../../../functions/lib/core/kubernetes.ts";

const make = (container: Partial<Container>, pod: Partial<PodSpec> = {}, order: Partial<ContainerOrder> = {}) =>
  createArguments({
    id: "pod-1",
    container: { name: "task", image: "alpine:3", ...container },
    pod: { containers: [], ...pod },
    env: new Map(),
    mounts: {},
    graceSeconds: 1,
    onStarted: () => {},
    onOutput: () => {},
    ...order,
  });

const named = [
  "create",
  "--name",
  "pod-1",
  "--hostname",
  "pod-1",
  "--label",
  "app.kubernetes.io/managed-by=job-executor",
];

test("a command replaces the image's entrypoint and arguments", () => {
  assert.deepEqual(make({ command: ["sh", "-c", "ls"], args: ["x"] }), [
    ...named,
    ...["--entrypoint", "sh", "alpine:3", "-c", "ls", "x"],
  ]);
});

test("arguments without a command are passed to the image's entrypoint", () => {
  assert.deepEqual(make({ args: ["--help"] }), [...named, "alpine:3", "--help"]);
});

test("mounts, variables and the working directory are passed on", () => {
  const order = { mounts: { "/keptn": "/tmp/files" }, env: new Map([["A", "b c\nd"]]) };
  assert.deepEqual(make({ workingDir: "/keptn/x" }, {}, order).slice(named.length), [
    ...["--volume", "/tmp/files:/keptn:z", "--env", "A=b c\nd", "--workdir", "/keptn/x", "alpine:3"],
  ]);
});

test("the container's security context overrides the pod's", () => {
  const securityContext = {
    runAsUser: 0,
    readOnlyRootFilesystem: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"], add: ["NET_RAW"] },
  };
  const pod = { securityContext: { runAsUser: 1000, runAsGroup: 2000, fsGroup: 3000 } };
  assert.deepEqual(make({ securityContext }, pod).slice(named.length, -1), [
    ...["--user", "0:2000", "--group-add", "3000", "--read-only", "--security-opt", "no-new-privileges"],
    ...["--cap-drop", "ALL", "--cap-add", "NET_RAW"],
  ]);
});
