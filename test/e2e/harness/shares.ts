// Our functions' share of a run's time, from their logs: the rest is Keptn, Knative and Kubernetes.
import type { LogLine } from "../../../functions/lib/process.ts";
import { until } from "../../cluster/harness/world.ts";
import type { Installation } from "./installation.ts";
import type { Ran } from "./scenario.ts";

export interface Shares {
  /** From start-job's first line about the event to the first Job's release, in milliseconds. */
  readonly startJobMs: number;
  /** From finish-task's look at the run after its last Job's end to `.finished`, in milliseconds. */
  readonly finishTaskMs: number;
}

interface Line extends LogLine {
  readonly atMs: number;
}

/** @param installation one with LOG_LEVEL=debug; the pods that worked on the runs must still be there */
export const readShares = async ({ kubectl }: Installation): Promise<(ran: Ran) => Shares> => {
  const read = async (service: string): Promise<readonly Line[]> => {
    const select = ["-l", `serving.knative.dev/service=${service}`, "-c", "user-container"];
    let text = "";
    // A pod that Knative is just adding has no log yet, and then there is none of the others either.
    await until(`the logs of ${service}`, async () => {
      text = await kubectl("logs", ...select, "--tail=-1", "--max-log-requests=20").catch(() => "");
      return text !== "";
    });
    const lines = text.split("\n").filter((line) => line.startsWith("{"));
    return lines.map((line) => JSON.parse(line)).map((line) => ({ ...line, atMs: Date.parse(line.time) }));
  };
  const [starts, finishes] = await Promise.all([read("start-job"), read("finish-task")]);
  return ({ triggered, jobs, finished }) => {
    const ofEvent = starts.filter(({ event }) => event === triggered.id);
    const run = ofEvent.find((line) => line.run)?.run;
    const releasedMs = Math.min(...jobs.flatMap(({ releasedAtMs }) => releasedAtMs ?? []));
    const endedMs = Math.max(...jobs.flatMap(({ endedAtMs }) => endedAtMs ?? []));
    // This process may have heard of the end a moment later than finish-task.
    const looks = finishes.filter((line) => line.run === run && line.atMs > endedMs - 100);
    return {
      startJobMs: releasedMs - Math.min(...ofEvent.map(({ atMs }) => atMs)),
      finishTaskMs: (finished.at(-1)?.atMs ?? Number.NaN) - Math.min(...looks.map(({ atMs }) => atMs)),
    };
  };
};
