// Of all changes of a Job that finish-task hears of, one asks for something: what each of the others costs.
import type { Job } from "../../../functions/core/kubernetes.ts";
import { annotation } from "../../../functions/core/marks.ts";
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
const unmeasured = 15;

export const ignoredChanges = async (bench: Bench, doubles: Doubles): Promise<Row[]> => {
  bench.say("changes of a Job that ask for nothing");
  const changes = (await changesOfRun(bench, doubles)).filter(({ job }) => nameOf(job) !== "SuccessCriteriaMet");
  const client = await doubles.kubernetes.connect();
  const ours = await startFunction("finish-task", { ...doubles.env, KUBECONFIG: client.kubeconfig }, bench.dist);
  const post = makePost(ours.url);
  const calls = () => client.calls.length + doubles.keptn.calls.length;
  const send = async ({ type, job }: JobChange): Promise<number> => {
    const before = cpuMsOf(ours.pid());
    for (let n = 0; n < batch; n++) await deliver(post, requestOfChange(type, job));
    return (cpuMsOf(ours.pid()) - before) / batch;
  };
  for (let n = 0; n < unmeasured; n++) await send(changes[n % changes.length]!);
  const rows: Row[] = [];
  for (const change of changes) {
    const callsBefore = calls();
    const values: number[] = [];
    for (let n = 0; n < batches; n++) values.push(await send(change));
    const made = (calls() - callsBefore) / (batch * batches);
    const name = `ignoring: ${change.type === "delete" ? "out of the watch" : nameOf(change.job)}`;
    rows.push(plainRow({ name, unit: "ms of CPU", values, bound: { most: 1 } }));
    rows.push(plainRow({ name: "", unit: "calls", values: [made], bound: { most: 1 } }));
  }
  await ours.stop();
  return rows;
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
  const finished = doubles.finishedOf(event.id);
  await deliver(makePost(starting.url), request);
  await finished;
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
