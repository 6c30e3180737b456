// Of all changes of a Job that finish-task hears of, one asks for something: what each of the others costs.
import { randomUUID } from "node:crypto";
import { annotation } from "../../../functions/lib/core/annotations/annotations.ts";
import type { Job } from "../../../functions/lib/core/kubernetes.ts";
import { stateOf } from "../../../functions/lib/core/run/run-state.ts";
import { startFunction } from "../../cluster/harness/function-process.ts";
import { requestOfChange } from "../../doubles/requests.ts";
import type { Doubles } from "../harness/doubles.ts";
import { trigger } from "../harness/place.ts";
import { deliver, makePost } from "../harness/post.ts";
import { cpuMsOf } from "../harness/process.ts";
import { forward, type JobChange, watchDoubles } from "../harness/source.ts";
import type { Bench, Row } from "../measure.ts";
import { plainRow } from "../row.ts";

/** Of so many deliveries one after the other the processor time is read, which Linux counts by the millisecond or finer. */
const batch = 100;
const batches = 10;
/** Some 1500 of each kind: until then V8 still compiles beside them, which counts as processor time as well. */
const unmeasured = 90;

export const ignoredChanges = async (bench: Bench, doubles: Doubles): Promise<Row[]> => {
  bench.say("changes of a Job that ask for nothing");
  const changes = (await changesOfRun(bench, doubles)).filter(({ job }) => nameOf(job) !== "SuccessCriteriaMet");
  const client = await doubles.kubernetes.connect();
  const ours = await startFunction("finish-task", { ...doubles.env, KUBECONFIG: client.kubeconfig }, bench.dist);
  const post = makePost(ours.url);
  const calls = () => client.calls.length + doubles.keptn.calls.length;
  const send = async ({ next }: Ignored): Promise<number> => {
    const requests = Array.from({ length: batch }, () => requestOfChange(...next()));
    const before = cpuMsOf(ours.pid());
    for (const request of requests) await deliver(post, request);
    return (cpuMsOf(ours.pid()) - before) / batch;
  };
  const ignored = changes.flatMap(ignoredOf);
  for (let n = 0; n < unmeasured; n++) await send(ignored[n % ignored.length]!);
  const rows: Row[] = [];
  for (const one of ignored) {
    const callsBefore = calls();
    const values: number[] = [];
    for (let n = 0; n < batches; n++) values.push(await send(one));
    const made = (calls() - callsBefore) / (batch * batches);
    const name = `ignoring: ${one.name}`;
    rows.push(plainRow({ name, unit: "ms of CPU", values, bound: { most: 1 } }));
    rows.push(plainRow({ name: "", unit: "calls", values: [made], bound: { most: 1 } }));
  }
  await ours.stop();
  return rows;
};

interface Ignored {
  readonly name: string;
  readonly next: () => [JobChange["type"], Job];
}

/** A process that dealt with an end remembers it when Kubernetes tells it again; another one has to look, each time here. */
const ignoredOf = ({ type, job }: JobChange): Ignored[] => {
  if (type === "delete") return [{ name: "out of the watch", next: () => [type, job] }];
  const name = nameOf(job);
  if (name !== "Complete") return [{ name, next: () => [type, job] }];
  const unknown = (): Job => ({ ...job, metadata: { ...job.metadata, uid: randomUUID() } });
  return [
    { name, next: () => [type, job] },
    { name: "Complete, by another process", next: () => [type, unknown()] },
  ];
};

/** What an ApiServerSource tells of the one Job of a run, from its release to its report. */
const changesOfRun = async (bench: Bench, doubles: Doubles): Promise<JobChange[]> => {
  const [starting, finishing] = await Promise.all([
    startFunction("start-job", doubles.env, bench.dist),
    startFunction("finish-task", doubles.env, bench.dist),
  ]);
  const changes: JobChange[] = [];
  const stop = watchDoubles(doubles.kubernetes)((change) => changes.push(change));
  const forwarding = forward(watchDoubles(doubles.kubernetes), finishing.url);
  const { event, request } = trigger(doubles);
  const reported = doubles.jobOf(event, (job) => stateOf(job) === "reported");
  await deliver(makePost(starting.url), request);
  await reported;
  await forwarding.end();
  stop();
  await Promise.all([starting.stop(), finishing.stop()]);
  return changes;
};

/** What is new about it. */
const nameOf = ({ metadata, status }: Job): string => {
  if (metadata?.annotations?.[annotation.reported]) return "reported";
  if (metadata?.annotations?.[annotation.claim]) return "claimed";
  const holding = status?.conditions?.filter((condition) => condition.status === "True") ?? [];
  return status?.active ? "active" : (holding.at(-1)?.type ?? "released").replace("Suspended", "released");
};
