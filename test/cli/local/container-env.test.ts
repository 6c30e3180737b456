// A container's environment is built as the kubelet builds it, with the Secrets given to the run.
import assert from "node:assert/strict";
import { test } from "node:test";
import { makeContainerEnv } from "../../../functions/cli/local/container-env.ts";
import type { Container } from "../../../functions/lib/core/kubernetes.ts";

const secrets = { login: { USER: "me", PASSWORD: "p$(X)" } };
const configMaps = { defaults: { LOG_LEVEL: "debug" } };

const make = (container: Partial<Container>) =>
  makeContainerEnv({ name: "task", ...container }, { secrets, configMaps });
const variables = (container: Partial<Container>) => {
  const made = make(container);
  assert.ok("variables" in made);
  return Object.fromEntries(made.variables);
};
const missing = (container: Partial<Container>) => {
  const made = make(container);
  assert.ok("missing" in made);
  return made.missing;
};

test("the values of a Secret come first, unchanged, and variables may override and use them", () => {
  const env = [
    { name: "USER", value: "$(USER) too" },
    { name: "LOGIN", value: "$(USER):$(PASSWORD)" },
  ];
  assert.deepEqual(variables({ envFrom: [{ secretRef: { name: "login" } }], env }), {
    USER: "me too",
    PASSWORD: "p$(X)",
    LOGIN: "me too:p$(X)",
  });
});

test("a prefix is added to the keys of a Secret", () => {
  assert.deepEqual(variables({ envFrom: [{ prefix: "DB_", secretRef: { name: "login" } }] }), {
    DB_USER: "me",
    DB_PASSWORD: "p$(X)",
  });
});

test("a variable can take one key of a Secret", () => {
  const from = (name: string, key: string) => ({ name: "V", valueFrom: { secretKeyRef: { name, key } } });
  assert.deepEqual(variables({ env: [from("login", "USER")] }), { V: "me" });
  assert.match(missing({ env: [from("login", "TOKEN")] }), /couldn't find key TOKEN in Secret login/);
  assert.match(missing({ env: [from("other", "TOKEN")] }), /secret "other" not found/);
});

test("a Secret that was not given is missing, unless it is optional", () => {
  assert.match(missing({ envFrom: [{ secretRef: { name: "other" } }] }), /secret "other" not found.*--secret other=/);
  assert.deepEqual(variables({ envFrom: [{ secretRef: { name: "other", optional: true } }] }), {});
});

test("a variable can take one key of a ConfigMap, envFrom takes all of them", () => {
  const from = (name: string, key: string, optional = false) => ({
    ...{ name: "V", valueFrom: { configMapKeyRef: { name, key, optional } } },
  });
  assert.deepEqual(variables({ env: [from("defaults", "LOG_LEVEL")] }), { V: "debug" });
  assert.deepEqual(variables({ env: [from("other", "LOG_LEVEL", true), from("defaults", "X", true)] }), {});
  assert.match(missing({ env: [from("defaults", "X")] }), /couldn't find key X in ConfigMap defaults/);
  assert.match(missing({ env: [from("other", "X")] }), /configmap "other" not found.*--config-map other=FILE/);
  assert.deepEqual(variables({ envFrom: [{ configMapRef: { name: "defaults" } }] }), { LOG_LEVEL: "debug" });
});

test("what only a cluster has is reported", () => {
  assert.match(missing({ envFrom: [{ configMapRef: { name: "settings" } }] }), /configmap "settings" not found/);
  const env = [{ name: "NODE", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } }];
  assert.match(missing({ env }), /variable NODE.*fieldRef/);
});
