// A fetch order with what a test does not care about filled in.
import type { FetchOrder } from "../../functions/lib/core/files/fetch-order.ts";

export const orderOf = (order: Partial<FetchOrder>): FetchOrder => ({
  project: "sockshop",
  stage: "dev",
  service: "carts",
  files: ["/"],
  limits: { fileBytes: 1e6, totalBytes: 2e6, count: 100 },
  executable: "detect",
  graceSeconds: 0,
  ...order,
});
