// CPU and memory of a task.
import * as z from "zod";
import { checkedText, rejectAt } from "../yaml/scalars.ts";
import { described, optional } from "./descriptions.ts";
import { checkQuantity, parseQuantity } from "./kubernetes-names.ts";

const resourceList = (what: string) =>
  described(
    z.strictObject({
      cpu: optional(checkedText(checkQuantity), `CPU cores, ${what}.`, "500m"),
      memory: optional(checkedText(checkQuantity), `Bytes of memory, ${what}.`, "128Mi"),
    }),
    `CPU and memory, ${what}.`,
    { cpu: "500m", memory: "128Mi" },
  );

const lists = z
  .strictObject({ limits: resourceList("at most").optional(), requests: resourceList("reserved").optional() })
  .superRefine(({ limits, requests }, context) => {
    for (const name of ["cpu", "memory"] as const) {
      const [limit, request] = [parseQuantity(limits?.[name] ?? ""), parseQuantity(requests?.[name] ?? "")];
      if (limit === undefined || request === undefined || request <= limit) continue;
      const message = `is ${requests?.[name]}, which exceeds the limit ${limits?.[name]}`;
      rejectAt(["requests", name], { code: "request-over-limit", message, fix: "Request at most the limit." }, context);
    }
  });

export const resources = described(
  lists,
  "CPU and memory of the container. If set, it replaces all of the operator's defaults.",
  { limits: { cpu: "1", memory: "512Mi" }, requests: { cpu: "50m", memory: "128Mi" } },
);
