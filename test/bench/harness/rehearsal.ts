// Lets a function work behind recorders: which calls its work consists of.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FunctionName } from "../../cluster/harness/deployed-env.ts";
import { startFunction } from "../../cluster/harness/function-process.ts";
import { makeKubeconfig } from "../../doubles/kubernetes/api-server.ts";
import type { EventRequest } from "../../doubles/requests.ts";
import type { Bench } from "../measure.ts";
import type { Place } from "./place.ts";
import { deliver, makePost } from "./post.ts";
import { type Recorded, startRecorder } from "./recorder.ts";

/**
 * One event, by a function of its own.
 * @param given.before an event that came shortly before: what serves both is not asked for again
 */
export const rehearse = async (
  bench: Bench,
  place: Place,
  given: { readonly name: FunctionName; readonly before?: EventRequest; readonly event: EventRequest },
): Promise<readonly Recorded[]> => {
  const recording = await startRecording(bench, place);
  const program = await startFunction(given.name, recording.env, bench.dist);
  const post = makePost(program.url);
  if (given.before) await deliver(post, given.before);
  const earlier = recording.soFar();
  await deliver(post, given.event);
  await program.stop();
  return (await recording.end()).filter((call) => !earlier.includes(call));
};

export interface Recording {
  /** The place's, by way of the recorders. */
  readonly env: Readonly<Record<string, string>>;
  /** What was asked until now. */
  soFar(): readonly Recorded[];
  end(): Promise<readonly Recorded[]>;
}

export const startRecording = async ({ scratch }: Bench, place: Place): Promise<Recording> => {
  const keptnUrl = new URL(place.env["KEPTN_API_ENDPOINT"] ?? "");
  const [kubernetes, keptn] = await Promise.all([
    startRecorder("kubernetes", place.apiServer),
    startRecorder("keptn", { url: keptnUrl.origin }),
  ]);
  const kubeconfig = join(scratch, `kubeconfig-${new URL(kubernetes.url).port}`);
  await writeFile(kubeconfig, JSON.stringify(makeKubeconfig(kubernetes.url)));
  // The registration in Keptn's Bridge is once in a process's life, and after the answer.
  const soFar = () => [...kubernetes.recorded, ...keptn.recorded].filter(({ path }) => !path.includes("/uniform/"));
  return {
    soFar,
    env: { ...place.env, KUBECONFIG: kubeconfig, KEPTN_API_ENDPOINT: keptn.url + keptnUrl.pathname },
    end: async () => {
      await Promise.all([kubernetes.close(), keptn.close()]);
      return soFar();
    },
  };
};

/** `3 PATCH jobs`, `1 GET resource`: how often each kind of thing was asked for. */
export const countKinds = (recorded: readonly Recorded[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { server, method, path } of recorded) {
    const kind = `${server} ${method} ${kindOf(path)}`;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
};

/** The part of a path that says what it is about. */
export const kindOf = (path: string): string => {
  const plain = path.replace(/\?.*$/, "").replace(/\/namespaces\/[^/]+/, "");
  const [, kind] =
    /\/(jobs|pods|events|pingsources|apiserversources|configmaps|resource|sequence-execution|event|log)(?:\/|$)/.exec(
      plain,
    ) ?? [];
  return plain.endsWith("/log") ? "log" : (kind ?? plain);
};
