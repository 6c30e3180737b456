import assert from "node:assert/strict";
import { keptnContract } from "../contract/keptn.contract.ts";

keptnContract("a real Keptn", async () => {
  const { KEPTN_ENDPOINT: endpoint, KEPTN_API_TOKEN: token } = process.env;
  assert.ok(endpoint && token, "Set KEPTN_ENDPOINT (up to /api) and KEPTN_API_TOKEN.");
  return { endpoint, token, close: async () => {} };
});
