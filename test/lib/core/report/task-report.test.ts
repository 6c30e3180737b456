import assert from "node:assert/strict";
import { test } from "node:test";
import { fetchContainerName } from "../../../../functions/lib/core/files/fetch-order.ts";
import type { ContainerStatus, Job, Pod } from "../../../../functions/lib/core/kubernetes.ts";
import { containersOf, reportTask } from "../../../../functions/lib/core/report/task-report.ts";
import { makeJobs } from "../../../runs.ts";

const ended = (name: string, exitCode: number, message?: string): ContainerStatus => ({
  name,
  image: "x",
  imageID: "x",
  ready: false,
  restartCount: 0,
  state: { terminated: { exitCode, ...(message ? { message } : {}) } },
});

const podOf = (...init: readonly ContainerStatus[]): Pod => ({
  metadata: { namespace: "jobs", name: "pod-1" },
  status: { initContainerStatuses: [...init], containerStatuses: [ended("task", 0)] },
});

const whyOf = (pod: Pod): string | undefined => {
  const [job] = makeJobs({ phases: ["failed"] });
  assert.ok(job);
  return reportTask({ task: "task-1", job, pods: [pod], containers: [], said: [] }).why;
};

test("a task whose files could not be fetched says why, in the init container's words", () => {
  const pod = podOf(ended(fetchContainerName, 1, "The file x.sh is not there.\u001b[31m\n"));
  assert.equal(whyOf(pod), "its files could not be fetched. The file x.sh is not there.");
});

test("an init container without a message is reported by its exit code", () => {
  assert.match(whyOf(podOf(ended(fetchContainerName, 137))) ?? "", /^container fetch-files ended with exit code 137/);
});

test("an init container of somebody else is not mistaken for ours", () => {
  assert.match(whyOf(podOf(ended("vault", 1, "sealed"))) ?? "", /^container vault ended with exit code 1/);
});

test("the log of the file fetch is included only when it failed", () => {
  const namesOf = (pod: Pod) => containersOf(pod).map(({ name }) => name);
  assert.deepEqual(namesOf(podOf(ended("vault", 0), ended(fetchContainerName, 0))), ["vault", "task"]);
  assert.deepEqual(namesOf(podOf(ended(fetchContainerName, 1))), [fetchContainerName, "task"]);
});

test("a task whose pod was never scheduled says why, although the pod is gone", () => {
  const [failed] = makeJobs({ phases: ["failed"] });
  assert.ok(failed);
  const conditions = [{ type: "Failed", status: "True", reason: "DeadlineExceeded", message: "" }];
  const template = { ...failed.spec!.template, spec: { ...failed.spec!.template.spec!, activeDeadlineSeconds: 300 } };
  const job: Job = {
    ...failed,
    spec: { ...failed.spec!, activeDeadlineSeconds: 960, template },
    status: { conditions },
  };
  const said = ["FailedScheduling: no node", "FailedScheduling: 0/1 nodes are available: 1 Insufficient cpu."];
  const { why, ranToEnd } = reportTask({ task: "task-1", job, pods: [], containers: [], said });
  assert.match(
    why ?? "",
    /^it was stopped 960 s after its release: 600 s for its pod to get a node \(START_DEADLINE_SECONDS\), 300 s for itself .* never started\. Kubernetes said: FailedScheduling: 0\/1 nodes are/,
  );
  assert.equal(ranToEnd, false);
});
