// The connections in the ConfigMap: the functions recover lost events of these only.
import { isRecord, tryJson } from "../json/exact-json.ts";
import type { Selection } from "./selection.ts";

export interface Connection extends Selection {
  readonly events: readonly string[];
  /** URL of the Broker, as webhook-service calls it. */
  readonly broker: string;
}

export const connectionsMap = "job-executor-connections";

/** Lines that `connect --allow` removed from webhook-service's deny list; the last `disconnect` restores them. */
export const allowedAnnotation = "keptn.sh/jes-deny-list-removed";

/** Keptn's names do not contain underscores (project: `^[a-z][a-z0-9-]*$`). */
export const keyOf = ({ project, stage, service }: Selection): string =>
  [project, stage ?? "", service ?? ""].join("_").replace(/_+$/, "");

/** Malformed entries are ignored, since anybody may have written them. */
export const parseConnections = (data: Readonly<Record<string, string>> = {}): readonly Connection[] =>
  Object.values(data).flatMap((text) => connectionIn(tryJson(text)) ?? []);

const connectionIn = (value: unknown): Connection | undefined => {
  if (!isRecord(value)) return undefined;
  const { project, stage, service, events, broker } = value;
  if (typeof project !== "string" || typeof broker !== "string" || !/^https?:\/\//.test(broker)) return undefined;
  if (!Array.isArray(events) || !events.every((event) => typeof event === "string")) return undefined;
  const narrow = {
    ...(typeof stage === "string" ? { stage } : {}),
    ...(typeof service === "string" ? { service } : {}),
  };
  return { project, ...narrow, events, broker };
};

/** A PingSource's cron schedule. @param every `15m` or `2h` @returns undefined if it does not divide an hour or a day evenly */
export const scheduleOf = (every: string): string | undefined => {
  const [, digits = "", unit] = /^(\d{1,2})(m|h)$/.exec(every) ?? [];
  const count = Number(digits);
  if (unit === "m" && count > 0 && count < 60 && 60 % count === 0)
    return count === 1 ? "* * * * *" : `*/${count} * * * *`;
  if (unit === "h" && count > 0 && count < 24 && 24 % count === 0)
    return count === 1 ? "0 * * * *" : `0 */${count} * * *`;
  return every === "24h" ? "0 0 * * *" : undefined;
};

export const wakesPerDay = (every: string): number => (every.endsWith("m") ? 24 * 60 : 24) / Number.parseInt(every, 10);
