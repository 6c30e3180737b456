// A task may set every field of Kubernetes' security context. The compiler compares them when the client is updated.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  makePodSecurityContextSchema,
  makeSecurityContextSchema,
} from "../../../../functions/lib/core/config/security-context-schema.ts";
import type { PodSecurityContext, SecurityContext } from "../../../../functions/lib/core/kubernetes.ts";

const container: Record<keyof SecurityContext, unknown> = makeSecurityContextSchema().shape;
const pod: Record<keyof PodSecurityContext, unknown> = makePodSecurityContextSchema().shape;

test("knows every field of the container and the pod security context", () => {
  assert.equal(Object.keys(container).length, 12);
  assert.equal(Object.keys(pod).length, 13);
});

test("refuses a field that Kubernetes does not have", () => {
  assert.equal(makeSecurityContextSchema().safeParse({ runAsUsr: "1" }).success, false);
});
