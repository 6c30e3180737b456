import assert from "node:assert/strict";
import { test } from "node:test";
import { totalOf } from "@sockshop/carts";

test("a cart costs what its socks cost", () => {
  assert.equal(totalOf([{ cents: 799, count: 2 }, { cents: 1099, count: 1 }]), 2697);
});
