// Injected sidecars that do not end with the task.
import { type OwnEnd, ownEndNoted } from "../annotations/own-end.ts";
import type { Job, Pod } from "../kubernetes.ts";
import { phaseOf } from "../run/run-state.ts";
import { describeEnd } from "./explain-failure.ts";
import { cutOf, ownEndOf, type Terminated } from "./pod-end.ts";
import { containersOfTask } from "./task-containers.ts";

/** How long a sidecar may take to notice the end of the task: as long as a pod may take to end (terminationGracePeriodSeconds). */
const sidecarGraceSeconds = 30;

/**
 * The end of a task that its Job does not show: the task's own container has ended by itself, but a sidecar keeps the pod from ending,
 * or made it fail.
 * @returns undefined if there is none; without the log
 */
export const hiddenEndOf = (job: Job, pod: Pod | undefined, nowMs: number): Omit<OwnEnd, "log"> | undefined => {
  const ended = ownEndOf(job, pod);
  if (!ended || ownEndNoted(job)) return undefined;
  const phase = phaseOf(job);
  // If the task's own container failed, the Job already shows it.
  if (phase === "failed") {
    const ranOn = cutOf(job, pod) !== undefined;
    return ended.exitCode === 0 ? noteOf(ended, { sidecars: notEndedWell(job, pod), ranOn }) : undefined;
  }
  const lasting = lastingSidecarsOf(job, pod);
  const overdue = nowMs - Date.parse(ended.finishedAt ?? "") >= sidecarGraceSeconds * 1000;
  return phase === "running" && lasting.length > 0 && overdue
    ? noteOf(ended, { sidecars: lasting, ranOn: true })
    : undefined;
};

/** Names of containers that still run after the task's own has ended. */
export const lastingSidecarsOf = (job: Job, pod: Pod | undefined): string[] => {
  const { own, plainSidecars } = containersOfTask(job, pod);
  if (!own?.state?.terminated) return [];
  return plainSidecars.filter(({ state }) => !state?.terminated).map(({ name }) => name);
};

const notEndedWell = (job: Job, pod: Pod | undefined): string[] =>
  containersOfTask(job, pod)
    .plainSidecars.filter(({ state }) => state?.terminated?.exitCode !== 0)
    .map(({ name }) => name);

const noteOf = (
  { exitCode, reason, startedAt, finishedAt, message }: Terminated,
  beside: Pick<OwnEnd, "sidecars" | "ranOn">,
): Omit<OwnEnd, "log"> => ({
  exitCode,
  ...(reason ? { reason } : {}),
  ...(startedAt ? { startedAt } : {}),
  ...(finishedAt ? { finishedAt } : {}),
  ...(message ? { message } : {}),
  ...beside,
});

export const explainSidecars = ({ sidecars, ranOn, ...end }: Omit<OwnEnd, "log">): string => {
  const names = sidecars.length > 1 ? `containers ${sidecars.join(", ")}` : `container ${sidecars[0] ?? "?"}`;
  const became = ranOn ? "kept running until it was stopped" : "failed, which does not count";
  return `Its own container ${describeEnd(end)}; ${names} ${became}. ${wayOutOf(sidecars)}`;
};

export const wayOutOf = (sidecars: readonly string[]): string => {
  const annotations = sidecars.flatMap((name) => (knownAnnotations[name] ? [`\`${knownAnnotations[name]}\``] : []));
  const annotate = annotations.length > 0 ? `give the task the annotation ${annotations.join(" and ")}, or ` : "";
  return `To avoid this wait, ${annotate}make it a native sidecar (an init container with \`restartPolicy: Always\`).`;
};

/** Pod annotations that prevent the injection of these containers, or let them end (Istio, Linkerd, Dapr, Vault Agent Injector). */
const knownAnnotations: Readonly<Record<string, string>> = {
  "istio-proxy": 'sidecar.istio.io/inject: "false"',
  "linkerd-proxy": "linkerd.io/inject: disabled",
  daprd: 'dapr.io/enabled: "false"',
  "vault-agent": 'vault.hashicorp.com/agent-pre-populate-only: "true"',
};
