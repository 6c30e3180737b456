// Names, keys and quantities that the API server accepts.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  checkNamespace,
  isDnsSubdomain,
  isEnvName,
  isLabelValue,
  isQualifiedName,
  parseQuantity,
} from "../../../../functions/lib/core/config/kubernetes-names.ts";

test("reads quantities in all Kubernetes units", () => {
  const quantities = {
    "1": 1,
    "50m": 0.05,
    "0.5Gi": 2 ** 29,
    "128Mi": 2 ** 27,
    "1e3": 1000,
    "2E": 2e18,
    "3k": 3000,
    ".5": 0.5,
    "1.": 1,
  };
  for (const [text, number] of Object.entries(quantities)) assert.equal(parseQuantity(text), number, text);
  for (const text of ["", "1x", "-1", "1 Gi", "Mi", "1mi", "1e", "0x10", "1KI"])
    assert.equal(parseQuantity(text), undefined, text);
});

test("recognizes valid names of environment variables", () => {
  for (const name of ["A", "_a", "E2E-json.Path", ".a", "-"]) assert.equal(isEnvName(name), true, name);
  for (const name of ["", "1A", "a b", "a=b", "ä", ".", "..", "..a"]) assert.equal(isEnvName(name), false, name);
});

test("recognizes valid names of namespaces and other objects", () => {
  assert.equal(checkNamespace("carts-1"), undefined);
  for (const name of ["Carts", "a.b", "-a", "a-", "a".repeat(64)])
    assert.notEqual(checkNamespace(name), undefined, name);
  for (const name of ["a", "a.b-c", "a".repeat(253)]) assert.equal(isDnsSubdomain(name), true, name);
  for (const name of ["", ".", "a..b", "A", "a_b", `${"a.".repeat(130)}a`])
    assert.equal(isDnsSubdomain(name), false, name);
});

test("recognizes valid label keys and values", () => {
  for (const key of ["a", "a/b", "example.com/a_B.c-1"]) assert.equal(isQualifiedName(key), true, key);
  for (const key of ["", "a/", "/a", "a/b/c", "-a", "a b", "Ex.com/a", "a".repeat(64)])
    assert.equal(isQualifiedName(key), false, key);
  assert.deepEqual(["", "a", "-a", "a".repeat(64)].map(isLabelValue), [true, true, false, false]);
});
