import assert from "node:assert/strict";
import { test } from "node:test";
import { fetchContainerName } from "../../functions/core/files.ts";
import type { ContainerStatus, Pod } from "../../functions/core/kubernetes.ts";
import { containersOf, reportTask } from "../../functions/core/task-report.ts";
import { makeJobs } from "../runs.ts";

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
  return reportTask("task-1", job, [pod], []).why;
};

test("a task whose files could not be fetched says why, in the words that the init container left", () => {
  const pod = podOf(ended(fetchContainerName, 1, "The file x.sh is not there.\u001b[31m\n"));
  assert.equal(whyOf(pod), "its files could not be fetched. The file x.sh is not there.");
});

test("an init container that left no words is told by its exit code", () => {
  assert.match(whyOf(podOf(ended(fetchContainerName, 137))) ?? "", /^container fetch-files ended with exit code 137/);
});

test("another's init container is not taken for ours", () => {
  assert.match(whyOf(podOf(ended("vault", 1, "sealed"))) ?? "", /^container vault ended with exit code 1/);
});

test("how files were fetched is only told where it failed", () => {
  const namesOf = (pod: Pod) => containersOf(pod).map(({ name }) => name);
  assert.deepEqual(namesOf(podOf(ended("vault", 0), ended(fetchContainerName, 0))), ["vault", "task"]);
  assert.deepEqual(namesOf(podOf(ended(fetchContainerName, 1))), [fetchContainerName, "task"]);
});
