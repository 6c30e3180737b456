// The real handlers, with job configs parsed once instead of per event, and with one mistake if asked for.
import { registerHooks } from "node:module";
import type { DeliveryResult } from "../../functions/lib/host/delivery-result.ts";
import type { StartJobPorts } from "../../functions/start-job/handler.ts";
import { applyMistake, type Mistake } from "./mistake.ts";

export interface Handlers {
  readonly "start-job": Handler;
  readonly "finish-task": Handler;
}

/** @param ends that the process of finish-task remembers @param sweeps whether it is sweeping */
type Handler = (
  ports: StartJobPorts,
  ends: Set<string>,
  sweeps: { underWay: boolean },
) => (event: unknown, respondEarly: (answer: DeliveryResult) => void) => Promise<DeliveryResult>;

/** Modules below this folder are loaded anew for each mistake: `?mistake=<name>` is part of their URL. */
const functions = new URL("../../functions/", import.meta.url).href;
const loaded = new Map<string, Mistake>();

/** Importers and their import that once.ts replaces. */
const once = [
  ["lib/core/plan/plan.ts", "lib/core/config/parse.ts"],
  ["lib/core/config/match.ts", "lib/core/config/pattern.ts"],
] as const;

/** Shared with the simulation, and the same for all mistakes: IoError, for one. */
const isShared = (url: string): boolean =>
  url.startsWith(`${functions}lib/`) && !/\/lib\/(core|run|files|host|lost-events)\//.test(url);

registerHooks({
  resolve: (specifier, context, next) => {
    const found = next(specifier, context);
    const isOnce = once.some(
      ([by, of]) => found.url === functions + of && context.parentURL?.startsWith(functions + by),
    );
    if (isOnce) return { ...found, url: new URL("./once.ts", import.meta.url).href };
    const mistake = /\?mistake=.*$/.exec(context.parentURL ?? "")?.[0];
    // What the simulation and the handlers share stays a single module: IoError, for one.
    const isCommon = !found.url.startsWith(functions) || isShared(found.url);
    return mistake && !isCommon ? { ...found, url: found.url + mistake } : found;
  },
  load: (url, context, next) => {
    const [file = "", name] = url.split("?mistake=");
    const mistake = loaded.get(decodeURIComponent(name ?? ""));
    if (!mistake) return next(url, context);
    const module = next(file, context);
    return { ...module, source: applyMistake(file.slice(functions.length), String(module.source), mistake) };
  },
});

/** Loads every lazy module of the handlers: simulated time does not wait for disks. */
export const loadHandlers = async (mistake?: Mistake): Promise<Handlers> => {
  if (mistake) loaded.set(mistake.name, mistake);
  const query = mistake ? `?mistake=${encodeURIComponent(mistake.name)}` : "";
  const load = (file: string) => import(`${functions}${file}${query}`);
  const [{ startJob }, { finishTask }] = await Promise.all([
    load("start-job/handler.ts"),
    load("finish-task/handler.ts"),
    ...[
      "lib/core/plan/plan.ts",
      "lib/core/report/result.ts",
      "lib/files/snapshot.ts",
      "lib/run/pass-values.ts",
      "start-job/resume-refusals.ts",
    ].map(load),
  ]);
  return { "start-job": startJob, "finish-task": finishTask };
};
