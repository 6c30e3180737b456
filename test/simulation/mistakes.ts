// Deliberate mistakes in the design, each a small change of the sources: the simulation has to find every one.
import { graphMistakes } from "./graph-mistakes.ts";
import { type Mistake, mistake } from "./mistake.ts";
import { podMistakes } from "./pod-mistakes.ts";
import { valueMistakes } from "./value-mistakes.ts";

export const mistakes: readonly Mistake[] = [
  ...podMistakes,
  ...graphMistakes,
  ...valueMistakes,
  {
    name: "announces before it creates the Jobs",
    edits: [
      {
        file: "start-job/create-jobs.ts",
        from: "  const lock = await create(ports, first);",
        to: `  const { makeStarted } = await import("../lib/core/report/finished-event.ts");
          const { envelopeOf } = await import("../lib/core/event/keptn-event.ts");
          for (const { silent, source } of runs)
            if (!silent) await ports.keptn.send(makeStarted(envelopeOf(event), source));
          const lock = await create(ports, first);`,
      },
      {
        file: "lib/run/announce.ts",
        from: "    await ports.keptn.send(makeStarted(run.event, run.spec.source));",
        to: "    if (lease) await ports.keptn.send(makeStarted(run.event, run.spec.source));",
      },
    ],
  },
  mistake(
    "does not note that it announced",
    "lib/run/announce.ts",
    "[annotation.announced]: ports.clock.now().toISOString()",
    '[annotation.announced]: ""',
  ),
  mistake(
    "announces what somebody else began without asking Keptn",
    "lib/run/announce.ts",
    "isCounted(run.event) ? await getEventCounts(ports, run) : undefined",
    "undefined as Awaited<ReturnType<typeof getEventCounts>> | undefined",
  ),
  mistake(
    "announces as the creator although the lease has passed",
    "lib/core/run/next-step.ts",
    "now.owner && now.nowMs < createdMs(run.lead) + leaseMs(run, now) / 3",
    "now.owner",
  ),
  mistake(
    "takes who created any Job for who created the run",
    "start-job/start-run.ts",
    "{ owner: whole && !announced }",
    "{ owner: created.length > 0 }",
    ["jobRemovedByForce", "fails", "answerLost", "crashesAfter"],
  ),
  mistake("never sweeps", "finish-task/handler.ts", "await sweep(ports)", "{ open: 0, failed: 0, left: 0, unread: 0 }"),
  mistake(
    "ends the timer before it looks for runs",
    "lib/run/sweep.ts",
    "const { runs, unread } = await",
    "await removeSources(ports, sources);\n  const { runs, unread } = await",
  ),
  mistake(
    "ends the timer whoever touched it meanwhile",
    "lib/run/knative-sources.ts",
    "await ports.timer.remove(timer.resourceVersion)",
    'await ports.timer.remove((await ports.timer.read())?.resourceVersion ?? "")',
  ),
  mistake(
    "ends the timer of a start-job that is about to create Jobs",
    "lib/run/knative-sources.ts",
    "if (ageMs > ports.settings.CREATE_GRACE_SECONDS * 1000)",
    "if (ageMs > -1)",
  ),
  mistake(
    "ends the timer although the watch stays",
    "lib/run/knative-sources.ts",
    "if (timer && (await removeWatch(ports, sources)))",
    "await removeWatch(ports, sources);\n  if (timer)",
  ),
  mistake("takes a watch that it could not read for none", "lib/run/knative-sources.ts", '?? "unknown"', '?? "none"'),
  mistake(
    "ends the watch whoever touched it meanwhile",
    "lib/run/knative-sources.ts",
    "await ports.watch?.remove(watch.resourceVersion)",
    'await ports.watch?.remove((await ports.watch.read())?.resourceVersion ?? "")',
  ),
  mistake(
    "ends the watch of a start-job that is about to create Jobs",
    "lib/run/knative-sources.ts",
    "<= Math.max(idleMs, leastIdleMs)",
    "<= Math.min(idleMs, 0 * leastIdleMs)",
  ),
  mistake(
    "creates the watch beside the timer, and not behind it",
    "start-job/start-runs.ts",
    "const now = ports.clock.now();\n  const touchedAt",
    "const now = ports.clock.now();\n  if (runs.length > 0) void ports.watch?.touch(now).catch(() => {});\n  const touchedAt",
  ),
  mistake(
    "does not look again at runs that began before the watch was ready",
    "start-job/ensure-job-watch.ts",
    "if (await watch) return;",
    "if (await watch || plans) return;",
  ),
  mistake(
    "looks again when the watch gets ready, and not when it lists",
    "start-job/recheck-runs.ts",
    "const afterReadyMs = [0, 2000] as const;",
    "const afterReadyMs = [0] as const;",
    [],
  ),
  mistake(
    "takes a watch that goes for one that stays",
    "start-job/ensure-job-watch.ts",
    "return (await watch.touch(clock.now()))?.isReady ?? true;",
    "const seen = await watch.touch(clock.now());\n    return seen === undefined || seen.isReady || seen.isGoing;",
    [],
  ),
  mistake(
    "ends the timer although a namespace could not be listed",
    "lib/run/sweep.ts",
    "runs.size === 0 && unread.length === 0 ?",
    "runs.size === 0 ?",
  ),
  mistake(
    "ends a sweep at a namespace that cannot be listed",
    "lib/run/sweep.ts",
    "for (const { namespace, fault } of unread) {",
    "if (unread[0]) throw unread[0].fault;\n  for (const { namespace, fault } of unread) {",
  ),
  mistake(
    "forgets where other settings had their Jobs",
    "lib/run/sweep.ts",
    "[scope, ...(sources.timer?.scopes ?? [])]",
    "[scope]",
  ),
  mistake(
    "never sweeps again once it has swept",
    "finish-task/handler.ts",
    "    sweeps.underWay = false;",
    "    sweeps.underWay = sweeps.underWay && true;",
  ),
  mistake(
    "lets a task run on that somebody deleted, while it tells Keptn",
    "lib/run/report.ts",
    'if (mayGoOn || (end.kind !== "passed" && end.kind !== "failed")) await deleteUnfinishedJobs(ports, run);',
    'if (end.kind === "could-not-start") await deleteUnfinishedJobs(ports, run);',
  ),
  mistake(
    "claims without a guard",
    "lib/run/lease.ts",
    "expect: { annotations: { ...marks, [annotation.claim]: expected } }",
    "expect: expected === annotations[annotation.reported] ? {} : {}",
  ),
  {
    name: "takes every lease to be as long as its own",
    edits: [
      {
        file: "lib/core/run/next-step.ts",
        from: "(lease.leaseSeconds ?? now.leaseSeconds)",
        to: "now.leaseSeconds",
      },
      {
        file: "lib/core/run/next-step.ts",
        from: "(spec.leaseSeconds ?? now.leaseSeconds)",
        to: "(spec ? now.leaseSeconds : 0)",
      },
    ],
  },
  mistake(
    "releases a task before the one before it succeeded",
    "lib/core/run/next-step.ts",
    'const task = run.tasks.findIndex(({ phase }) => phase !== "succeeded");\n  const isDue',
    'const task = run.tasks.findIndex(({ phase }) => phase === "waiting");\n  const isDue',
  ),
  mistake("sets no finalizer", "lib/core/job/metadata.ts", "finalizers: [finalizer]", "finalizers: []"),
  mistake(
    "sets the TTL when it creates a Job",
    "lib/core/job/make-job.ts",
    "suspend: true,",
    "suspend: true,\n      ttlSecondsAfterFinished: 60,",
  ),
  mistake(
    "sends .finished without asking Keptn",
    "lib/run/send-finished.ts",
    "let count = await waitForStartedCounts(ports, run);",
    `const one = { started: 1, finished: 0 };
     const bySource = new Map([run.spec.source, ...siblingsOf(run).map(({ source }) => source)].map((of) => [of, one]));
     let count = ((await waitForStartedCounts(ports, run)) && { kind: "current", bySource, ...one }) as EventCounts;`,
  ),
  mistake(
    "asks Keptn before it had the time to count",
    "lib/run/send-finished.ts",
    '(count) => count.kind === "over" || haveStarted(count, sources),',
    "(count) => count !== undefined && sources.length > 0,",
  ),
  mistake(
    "takes a .finished that Keptn took for one that it counted",
    "lib/run/send-missing-events.ts",
    '    await confirmCounted(ports, missing);\n    return "sent";',
    '    if (!sent) await confirmCounted(ports, missing);\n    return "sent";',
  ),
  mistake(
    "gives its claim back after it sent something",
    "lib/run/send-missing-events.ts",
    "throw sent && fault instanceof IoError && !isRefusedForGood(fault) ? markOutcomeUnknown(fault) : fault;",
    "throw fault instanceof IoError && fault.outcomeUnknown && !sent ? markOutcomeUnknown(fault) : fault;",
  ),
  mistake(
    "forgets how the run ended when somebody else takes its report over",
    "lib/core/run/next-step.ts",
    "run.annotations.end ?? endOf(run, now)",
    "endOf(run, now)",
    ["crashesAfter", "imageLate", "jobDeleted"],
  ),
  mistake(
    "answers for a refused run in a repeated delivery, too",
    "start-job/refuse.ts",
    "return owner || ofLoud.length === 0 || !isCounted(event) ? gone : [];",
    "return gone;",
    ["refusedByPolicy", "startEventDoubled", "keptnOverloaded", "crashesBefore"],
  ),
  mistake(
    "does not mark reported Jobs as such",
    "lib/run/finalize-run.ts",
    'state: "reported", ttlSeconds',
    'state: "released", ttlSeconds',
  ),
  mistake(
    "lets a TTL count from the Job's end",
    "lib/core/run/job-ttl.ts",
    "return Math.max(wantedSeconds, sinceEndSeconds + retainSeconds);",
    "return wantedSeconds + 0 * sinceEndSeconds * retainSeconds;",
  ),
  mistake(
    "runs whatever event comes, however late",
    "start-job/check-redelivery.ts",
    'Date.parse(time ?? "") > freshSeconds * 1000',
    'Date.parse(time ?? "") > freshSeconds * 1_000_000',
  ),
  mistake(
    "wakes itself by what it writes",
    "lib/core/run/trigger.ts",
    "if (run.annotations.lease || run.annotations.end)",
    "if (run.annotations.lease && run.annotations.reported)",
  ),
  mistake(
    "sends .finished whatever became of the event's other runs",
    "lib/core/plan/plan-action.ts",
    "...(siblings.length > 0 ? { siblings } : {}),",
    "...(siblings.length > 999 ? { siblings } : {}),",
  ),
  mistake(
    "waits for the other runs of its event, and does not look whether anybody answers for them",
    "lib/run/siblings.ts",
    "      orphaned.push(sibling);",
    "      moved = true;",
    ["crashesBefore", "brokerForgets", "forbidden"],
  ),
  mistake(
    "answers at once for a run that may still be created",
    "lib/run/siblings.ts",
    "newestJobMs(run) + ports.settings.CREATE_GRACE_SECONDS * 1000",
    "newestJobMs(run)",
  ),
  mistake(
    "answers for a run that was refused, while start-job is between its two answers",
    "lib/run/siblings.ts",
    "if (!jobs?.length) waitForStart",
    "if (!jobs?.length && counted.started === 0) waitForStart",
    ["refusedByPolicy", "keptnOverloaded"],
  ),
  mistake(
    "believes an old count of a run whose Jobs went since",
    "lib/run/send-finished.ts",
    "if (moved || orphaned.length > 0) count = await getEventCounts(ports, run);",
    "if (moved && orphaned.length > 9) count = await getEventCounts(ports, run);",
  ),
  mistake(
    "sends .finished behind a .started that was not counted yet, beside another run",
    "lib/run/send-missing-events.ts",
    "if (sources.length === 1 || haveStarted(count, sources)) return true;",
    "if (sources.length === 1 || count) return true;",
  ),
  mistake(
    "stops a run as soon as Keptn says once that it does not wait",
    "lib/run/confirm-abandoned.ts",
    "nowMs(ports) - saidMs >= apartMs",
    "nowMs(ports) > apartMs",
  ),
  mistake(
    "creates what a new config says beside the Jobs of an old one",
    "start-job/event-jobs.ts",
    "if (!areOfPlan(jobs, runs) || wereAllCreated(jobs)) return false;",
    "if (jobs.length > 999 && !areOfPlan(jobs, runs) && wereAllCreated(jobs)) return false;",
  ),
  mistake(
    "creates all Jobs of an event side by side",
    "start-job/create-jobs.ts",
    'lock.answer === "exists" || lock.refusal ? await findEarlier()',
    "lock.refusal ? await findEarlier()",
    ["configChanged", "crashesBefore"],
  ),
];
