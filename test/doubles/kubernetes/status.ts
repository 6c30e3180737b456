// Refusals of the API server.
import type { Answer } from "./requests.ts";

/** metav1.Status */
export const refuse = (status: number, reason: string, message: string): Answer => ({
  status,
  body: { kind: "Status", apiVersion: "v1", status: "Failure", reason, message, code: status },
});
