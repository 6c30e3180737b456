// CPU and memory of a task.
import * as z from "zod";
import { checkedText, rejectAt } from "../yaml/scalars.ts";
import { descriptions } from "./descriptions.ts";
import { checkQuantity, parseQuantity } from "./kubernetes-names.ts";

const resourceList = (what: string) =>
  z
    .strictObject({
      cpu: checkedText(checkQuantity)
        .optional()
        .register(descriptions, { description: `CPU cores, ${what}.`, examples: ["500m"] }),
      memory: checkedText(checkQuantity)
        .optional()
        .register(descriptions, { description: `Bytes of memory, ${what}.`, examples: ["128Mi"] }),
    })
    .register(descriptions, {
      description: `CPU and memory, ${what}.`,
      examples: [{ cpu: "500m", memory: "128Mi" }],
    });

export const resources = z
  .strictObject({
    limits: resourceList("at most").optional(),
    requests: resourceList("reserved").optional(),
  })
  .superRefine(({ limits, requests }, context) => {
    for (const name of ["cpu", "memory"] as const) {
      const [limit, request] = [parseQuantity(limits?.[name] ?? ""), parseQuantity(requests?.[name] ?? "")];
      if (limit === undefined || request === undefined || request <= limit) continue;
      const message = `is ${requests?.[name]}, which exceeds the limit ${limits?.[name]}`;
      rejectAt(["requests", name], { code: "request-over-limit", message, fix: "Request at most the limit." }, context);
    }
  })
  .register(descriptions, {
    description: "CPU and memory of the container. If set, it replaces all of the operator's defaults.",
    examples: [{ limits: { cpu: "1", memory: "512Mi" }, requests: { cpu: "50m", memory: "128Mi" } }],
  });
