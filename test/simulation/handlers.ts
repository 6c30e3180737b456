// The real handlers, with a job config parsed once and not for every event of it.
import { registerHooks } from "node:module";

registerHooks({
  resolve: (specifier, context, next) => {
    const found = next(specifier, context);
    const isParser = found.url.endsWith("/functions/core/config/parse.ts");
    const byPlan = context.parentURL?.endsWith("/functions/core/plan.ts");
    return isParser && byPlan ? { ...found, url: new URL("./parse-once.ts", import.meta.url).href } : found;
  },
});

export const { startJob } = await import("../../functions/start-job/handler.ts");
export const { finishTask } = await import("../../functions/finish-task/handler.ts");
await import("../../functions/core/plan.ts");
await import("../../functions/core/result.ts");
