// What becomes of a released Job: run on the local runtime with every engine, and on a real cluster.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { finalizer, jobNameOf, label } from "../../functions/lib/core/annotations/annotations.ts";
import type { Container, Job, JobSpec, Pod } from "../../functions/lib/core/kubernetes.ts";
import { phaseOf } from "../../functions/lib/core/run/run-state.ts";
import type { Jobs, Pods } from "../../functions/lib/kubernetes/ports.ts";
import { newRunId, refOf } from "./jobs.contract.ts";

export interface RuntimeWorld {
  readonly jobs: Jobs;
  readonly pods: Pods;
  readonly namespace: string;
  /** An image with a shell and the usual commands. */
  readonly image: string;
  /** Longer than a pod usually takes to start here. */
  readonly deadlineSeconds: number;
  close(): Promise<void>;
}

const deadlineMs = 120_000;

export const runtimeContract = (
  name: string,
  open: () => Promise<RuntimeWorld>,
  options: { readonly skip?: string | false } = {},
): void => {
  describe(`runtime contract: ${name}`, { skip: options.skip ?? false, concurrency: 4 }, () => {
    let world: RuntimeWorld;
    before(async () => {
      world = await open();
    });
    after(() => world?.close());

    /** Creates a Job of one container as start-job does, releases it, and waits until Kubernetes calls it over. */
    const run = async (
      container: Partial<Container>,
      pod: Partial<JobSpec["template"]["spec"]> = {},
    ): Promise<Ended> => {
      const job = await world.jobs.create(makeReleasable(world, container, pod));
      assert.ok(job !== "exists");
      assert.equal(await world.jobs.patch(refOf(job), { expect: { suspend: true }, suspend: false }), "done");
      return waitForEnd(world, job);
    };
    const sh = (script: string) => ({ command: ["sh", "-c", script] });

    /** A pod's deadline counts from its own start: on a machine that is busy it may pass before the container has written anything. */
    const runIntoDeadline = async (script: string): Promise<Ended> => {
      for (let activeDeadlineSeconds = world.deadlineSeconds; ; activeDeadlineSeconds *= 2) {
        const ended = await run(sh(script), { activeDeadlineSeconds, terminationGracePeriodSeconds: 1 });
        const isWritten = (await logOf(world, ended.pod)).head !== "";
        if (isWritten || activeDeadlineSeconds >= 4 * world.deadlineSeconds) return ended;
      }
    };

    test("a container that ends with 0 completes its Job", async () => {
      const { job, pod, main } = await run(sh("echo out; echo error output >&2"));
      assert.deepEqual(conditionsOf(job), [
        ["SuccessCriteriaMet", "CompletionsReached"],
        ["Complete", "CompletionsReached"],
      ]);
      assert.equal(job.status?.succeeded, 1);
      assert.ok(job.status?.startTime && job.status.completionTime);
      assert.equal(pod.status?.phase, "Succeeded");
      assert.equal(main?.exitCode, 0);
      assert.equal(main?.reason, "Completed");
      assert.ok(String(main?.startedAt) <= String(main?.finishedAt));
      const { head, tail } = await logOf(world, pod);
      assert.deepEqual((head + tail).split("\n").sort(), ["", "error output", "out"]);
    });

    test("a container that ends with another code fails its Job", async () => {
      const { job, pod, main } = await run(sh("echo so far; exit 3"));
      assert.deepEqual(conditionsOf(job), [
        ["FailureTarget", "BackoffLimitExceeded"],
        ["Failed", "BackoffLimitExceeded"],
      ]);
      assert.equal(job.status?.failed, 1);
      assert.equal(job.status?.completionTime, undefined);
      assert.equal(pod.status?.phase, "Failed");
      assert.equal(main?.exitCode, 3);
      assert.equal(main?.reason, "Error");
      assert.equal((await logOf(world, pod)).head, "so far\n");
    });

    test("a command that is not there is a start error", async () => {
      const { pod, main } = await run({ command: ["no-such-command"] });
      assert.equal(pod.status?.phase, "Failed");
      assert.equal(main?.exitCode, 128);
      assert.equal(main?.reason, "StartError");
      assert.match(main?.message ?? "", /no-such-command.*executable file not found in \$PATH/);
      assert.equal((await logOf(world, pod)).tail, "");
    });

    test("what is written to the termination log is its message", async () => {
      const { main } = await run(sh(`printf '{"a":1}' > /dev/termination-log`));
      assert.equal(main?.message, '{"a":1}');
    });

    test("a deadline ends the pod, and leaves its output", async () => {
      const { job, pod, main } = await runIntoDeadline("echo before; exec sleep 1000");
      assert.deepEqual(conditionsOf(job), [
        ["FailureTarget", "BackoffLimitExceeded"],
        ["Failed", "BackoffLimitExceeded"],
      ]);
      assert.equal(pod.status?.phase, "Failed");
      assert.equal(pod.status?.reason, "DeadlineExceeded");
      assert.notEqual(main?.exitCode, 0);
      assert.equal((await logOf(world, pod)).head, "before\n");
    });

    test("variables are expanded in order, in values and in arguments", async () => {
      const { pod } = await run({
        command: ["sh", "-c", 'echo "$0|$LATE|$DOLLAR|$UNKNOWN"', "$(LATE)"],
        env: [
          { name: "EARLY", value: "a b" },
          { name: "LATE", value: "<$(EARLY)>" },
          { name: "DOLLAR", value: "$$(EARLY) $(AFTER) $ $EARLY" },
          { name: "UNKNOWN", value: "$(HOSTNAME)" },
          { name: "AFTER", value: "after" },
        ],
      });
      assert.equal((await logOf(world, pod)).head, "<a b>|<a b>|$(EARLY) $(AFTER) $ $EARLY|$(HOSTNAME)\n");
    });

    test("a working directory below a volume is made when it is not there", async () => {
      const { pod } = await run({
        ...sh('touch here; ls "$PLACE"'),
        workingDir: "/keptn/new/folder",
        env: [{ name: "PLACE", value: "/keptn/new/folder" }],
      });
      assert.equal((await logOf(world, pod)).head, "here\n");
    });

    test("arguments follow the command", async () => {
      const { pod } = await run({ command: ["echo", "one"], args: ["two", "three  four"] });
      assert.equal((await logOf(world, pod)).head, "one two three  four\n");
    });

    test("what a container leaves behind ends with it", async () => {
      const { pod } = await run(sh("(sleep 5; echo too late) & echo in time"));
      assert.equal((await logOf(world, pod)).head, "in time\n");
    });

    test("a long output is cut in its middle only", async () => {
      const { pod } = await run(sh("echo first; i=0; while [ $i -lt 2000 ]; do echo $i; i=$((i+1)); done; echo last"));
      const whole = await world.pods.getLog(podRef(pod), "task", { headBytes: 50_000, tailBytes: 50_000 });
      assert.equal(whole.cutBytes, 0);
      assert.equal((whole.head + whole.tail).split("\n").length, 2003);
      const { head, tail, cutBytes } = await world.pods.getLog(podRef(pod), "task", { headBytes: 10, tailBytes: 10 });
      assert.ok(head.startsWith("first\n"));
      assert.ok(tail.endsWith("last\n"));
      assert.notEqual(cutBytes, 0);
    });

    test("a suspended Job has no pod", async () => {
      const job = await world.jobs.create(makeReleasable(world, sh("true")));
      assert.ok(job !== "exists");
      await run(sh("true"));
      assert.deepEqual(await world.pods.list(refOf(job)), []);
    });

    test("a deleted Job has no pod any more", async () => {
      const { job } = await run(sh("true"));
      await world.jobs.delete(refOf(job));
      const patience = AbortSignal.timeout(deadlineMs);
      while ((await world.pods.list(refOf(job))).length > 0) await sleep(100, undefined, { signal: patience });
    });

    test("a running Job that is deleted has no pod any more although our finalizer keeps it, and has not failed", async () => {
      const made = makeReleasable(world, sh("sleep 3600"), { terminationGracePeriodSeconds: 1 });
      const job = await world.jobs.create({ ...made, metadata: { ...made.metadata, finalizers: [finalizer] } });
      assert.ok(job !== "exists");
      const ref = refOf(job);
      await world.jobs.patch(ref, { expect: { suspend: true }, suspend: false });
      const patience = AbortSignal.timeout(deadlineMs);
      const isAt = async (pods: number) => (await world.pods.list(ref)).length === pods;
      while (!(await isAt(1))) await sleep(50, undefined, { signal: patience });
      await world.jobs.delete(ref);
      while (!(await isAt(0))) await sleep(50, undefined, { signal: patience });
      const [kept] = await world.jobs.listRun(job.metadata?.labels?.[label.run] ?? "", [world.namespace]);
      assert.ok(kept?.metadata?.deletionTimestamp);
      assert.equal(phaseOf(kept), "deleted");
      await world.jobs.patch(ref, { finalizeJob: true });
    });
  });
};

interface Ended {
  readonly job: Job;
  readonly pod: Pod;
  /** The task's container's end. */
  readonly main: NonNullable<NonNullable<ContainerState>["terminated"]> | undefined;
}

type ContainerState = NonNullable<NonNullable<Pod["status"]>["containerStatuses"]>[number]["state"];

const makeReleasable = (
  { namespace, image }: RuntimeWorld,
  container: Partial<Container>,
  pod: Partial<JobSpec["template"]["spec"]> = {},
): Job => {
  const runId = newRunId();
  const mount = { name: "keptn-files", mountPath: "/keptn" };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: jobNameOf(runId, 0), namespace, labels: { [label.run]: runId } },
    spec: {
      suspend: true,
      backoffLimit: 0,
      template: {
        spec: {
          restartPolicy: "Never",
          volumes: [{ name: "keptn-files", emptyDir: {} }],
          ...pod,
          containers: [{ name: "task", image, imagePullPolicy: "IfNotPresent", volumeMounts: [mount], ...container }],
        },
      },
    },
  };
};

const waitForEnd = async (world: RuntimeWorld, { metadata }: Job): Promise<Ended> => {
  const patience = AbortSignal.timeout(deadlineMs);
  for (;;) {
    const [job] = await world.jobs.listRun(metadata?.labels?.[label.run] ?? "", [world.namespace]);
    assert.ok(job);
    if (job.status?.conditions?.some(({ type }) => type === "Complete" || type === "Failed")) {
      const pods = await world.pods.list(refOf(job));
      assert.equal(pods.length, 1);
      const [pod] = pods;
      return { job, pod: pod!, main: pod?.status?.containerStatuses?.[0]?.state?.terminated };
    }
    await sleep(50, undefined, { signal: patience });
  }
};

/** What decides, in its order; that a Job was suspended before is noted on it as well. */
const conditionsOf = (job: Job) =>
  job.status?.conditions?.filter(({ status }) => status === "True").map(({ type, reason }) => [type, reason]);

const podRef = ({ metadata }: Pod) => ({ namespace: metadata?.namespace ?? "", name: metadata?.name ?? "" });

const logOf = (world: RuntimeWorld, pod: Pod) =>
  world.pods.getLog(podRef(pod), "task", { headBytes: 10_000, tailBytes: 10_000 });
