// The pods of an installation and its requests to the API server: an idle one has neither.
import { open, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Pod } from "../../../functions/lib/core/kubernetes.ts";
import { until } from "../../cluster/harness/world.ts";
import type { Installation } from "./installation.ts";

/** What runs in the namespace: pods that are not over, and the objects for which Knative runs or does something. */
export const listRunning = async ({ kubectl }: Installation): Promise<readonly string[]> => {
  const pods = JSON.parse(await kubectl("get", "pods", "-o", "json")).items as Pod[];
  const alive = pods.filter(({ status }) => status?.phase !== "Succeeded" && status?.phase !== "Failed");
  const sources = await kubectl("get", "apiserversources,pingsources", "-o", "name");
  return [...alive.map(({ metadata }) => `pod/${metadata?.name}`), ...sources.split("\n").filter(Boolean)];
};

/** @returns seconds until nothing ran any more */
export const untilNothingRuns = async (installation: Installation): Promise<number> => {
  const beginMs = Date.now();
  await until("nothing of the installation runs", () => isQuiet(installation), 900);
  return (Date.now() - beginMs) / 1000;
};

/** Every kubectl takes a third of a second of a processor: it is not asked at once again. */
const isQuiet = async (installation: Installation): Promise<boolean> => {
  if ((await listRunning(installation)).length === 0) return true;
  await sleep(2000);
  return false;
};

/** The API server's audit log, one JSON object a line. */
export interface AuditLog {
  /** Requests of the namespace's service accounts since the last call, `start-job get /apis/…`. */
  read(): Promise<readonly string[]>;
}

/** @param path may be replaced by a new file meanwhile: what the old one got last is missed */
export const openAuditLog = async (path: string, namespace: string): Promise<AuditLog> => {
  let { size: position, ino } = await stat(path);
  const prefix = `system:serviceaccount:${namespace}:`;
  return {
    read: async () => {
      const file = await open(path);
      try {
        const now = await file.stat();
        if (now.ino !== ino) [position, ino] = [0, now.ino];
        const bytes = Buffer.alloc(now.size - position);
        await file.read(bytes, 0, bytes.length, position);
        const end = bytes.lastIndexOf("\n") + 1;
        position += end;
        return bytes
          .toString("utf8", 0, end)
          .split("\n")
          .filter((line) => line.includes(prefix))
          .map((line) => JSON.parse(line))
          .map(({ user, verb, requestURI }) => `${user.username.slice(prefix.length)} ${verb} ${requestURI}`);
      } finally {
        await file.close();
      }
    },
  };
};
