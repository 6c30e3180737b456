// A container's environment comes about as the kubelet makes it, from Secrets that the run was given.
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

test("a Secret's values come first, as they are, and variables may override and use them", () => {
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

test("a prefix is put before a Secret's keys", () => {
  assert.deepEqual(variables({ envFrom: [{ prefix: "DB_", secretRef: { name: "login" } }] }), {
    DB_USER: "me",
    DB_PASSWORD: "p$(X)",
  });
});

test("one key of a Secret can be a variable", () => {
  const from = (name: string, key: string) => ({ name: "V", valueFrom: { secretKeyRef: { name, key } } });
  assert.deepEqual(variables({ env: [from("login", "USER")] }), { V: "me" });
  assert.match(missing({ env: [from("login", "TOKEN")] }), /couldn't find key TOKEN in Secret login/);
  assert.match(missing({ env: [from("other", "TOKEN")] }), /secret "other" not found/);
});

test("a Secret that was not given is missing, unless it is optional", () => {
  assert.match(missing({ envFrom: [{ secretRef: { name: "other" } }] }), /secret "other" not found.*--secret other=/);
  assert.deepEqual(variables({ envFrom: [{ secretRef: { name: "other", optional: true } }] }), {});
});

test("one key of a ConfigMap can be a variable, and all of them", () => {
  const from = (name: string, key: string, optional = false) => ({
    ...{ name: "V", valueFrom: { configMapKeyRef: { name, key, optional } } },
  });
  assert.deepEqual(variables({ env: [from("defaults", "LOG_LEVEL")] }), { V: "debug" });
  assert.deepEqual(variables({ env: [from("other", "LOG_LEVEL", true), from("defaults", "X", true)] }), {});
  assert.match(missing({ env: [from("defaults", "X")] }), /couldn't find key X in ConfigMap defaults/);
  assert.match(missing({ env: [from("other", "X")] }), /configmap "other" not found.*--config-map other=FILE/);
  assert.deepEqual(variables({ envFrom: [{ configMapRef: { name: "defaults" } }] }), { LOG_LEVEL: "debug" });
});

test("what only a cluster has is named", () => {
  assert.match(missing({ envFrom: [{ configMapRef: { name: "settings" } }] }), /configmap "settings" not found/);
  const env = [{ name: "NODE", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } }];
  assert.match(missing({ env }), /variable NODE.*fieldRef/);
});
