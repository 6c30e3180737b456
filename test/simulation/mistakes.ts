// Deliberate mistakes in the design, each a small change of the sources: the simulation has to find every one.

export interface Mistake {
  /** What somebody could have thought good enough. */
  readonly name: string;
  readonly edits: readonly Edit[];
}

interface Edit {
  /** Below functions/. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** @throws when the place of an edit is not there exactly once: whoever changes it has to look at the mistake again */
export const makeMistake = (file: string, source: string, { name, edits }: Mistake): string =>
  edits
    .filter((edit) => edit.file === file)
    .reduce((text, { from, to }) => {
      const found = text.split(from).length - 1;
      if (found !== 1) throw new Error(`mistake '${name}': functions/${file} has its place ${found} times:\n${from}`);
      return text.replace(from, () => to);
    }, source);

const mistake = (name: string, file: string, from: string, to: string): Mistake => ({
  name,
  edits: [{ file, from, to }],
});

export const mistakes: readonly Mistake[] = [
  {
    name: "announces before it creates the Jobs",
    edits: [
      {
        file: "start-job/start-run.ts",
        from: "const { answers, refusal } = await createAll(ports, plan);",
        to: `const { makeStarted } = await import("../core/answer.ts");
          if (!plan.silent) await ports.keptn.send(makeStarted(envelopeOf(event), plan.source));
          const { answers, refusal } = await createAll(ports, plan);`,
      },
      {
        file: "chain/announce.ts",
        from: "    await ports.keptn.send(makeStarted(run.event, run.chain.source));",
        to: "    if (hold) await ports.keptn.send(makeStarted(run.event, run.chain.source));",
      },
    ],
  },
  mistake(
    "does not note that it announced",
    "chain/announce.ts",
    "[annotation.announced]: ports.clock.now().toISOString()",
    '[annotation.announced]: ""',
  ),
  mistake(
    "announces what somebody else began without asking Keptn",
    "chain/announce.ts",
    "isCounted(run.event) ? await countOf(ports, run) : undefined",
    "undefined as Awaited<ReturnType<typeof countOf>> | undefined",
  ),
  mistake(
    "announces as the creator although the lease has passed",
    "core/next-step.ts",
    "now.owner && now.nowMs < createdMs(run.lead) + leaseMs(run, now) / 3",
    "now.owner",
  ),
  mistake(
    "takes who created any Job for who created the run",
    "start-job/start-run.ts",
    "{ owner: whole && !announced }",
    "{ owner: created.length > 0 }",
  ),
  mistake("never sweeps", "finish-task/handler.ts", "await sweep(ports)", "{ open: 0, failed: 0, left: 0, unread: 0 }"),
  mistake(
    "ends the timer before it looks for runs",
    "chain/sweep.ts",
    "const { runs, unread } = await",
    "if (timer) await endTimer(ports, timer, askedMs);\n  const { runs, unread } = await",
  ),
  mistake(
    "ends the timer whoever touched it meanwhile",
    "chain/sweep.ts",
    "await ports.timer.remove(timer.resourceVersion)",
    'await ports.timer.remove((await ports.timer.read())?.resourceVersion ?? "")',
  ),
  mistake(
    "ends the timer of a start-job that is about to create Jobs",
    "chain/sweep.ts",
    "if (ageMs > ports.settings.CREATE_GRACE_SECONDS * 1000)",
    "if (ageMs > -1)",
  ),
  mistake(
    "ends the timer although a namespace could not be listed",
    "chain/sweep.ts",
    "runs.size === 0 && unread.length === 0 && timer",
    "runs.size === 0 && timer",
  ),
  mistake(
    "ends a sweep at a namespace that cannot be listed",
    "chain/sweep.ts",
    "for (const { namespace, fault } of unread) {",
    "if (unread[0]) throw unread[0].fault;\n  for (const { namespace, fault } of unread) {",
  ),
  mistake(
    "forgets where other settings had their Jobs",
    "chain/sweep.ts",
    "[scope, ...(timer?.scopes ?? [])]",
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
    "chain/report.ts",
    'if (end.kind !== "passed" && end.kind !== "failed") await stop(ports, run);',
    'if (end.kind === "could-not-start") await stop(ports, run);',
  ),
  mistake(
    "claims without a guard",
    "chain/claim.ts",
    "expect: { annotations: { ...marks, [annotation.claim]: expected } }",
    "expect: expected === marks[annotation.reported] ? {} : {}",
  ),
  {
    name: "takes every lease to be as long as its own",
    edits: [
      {
        file: "core/next-step.ts",
        from: "(claim.leaseSeconds ?? now.leaseSeconds)",
        to: "now.leaseSeconds",
      },
      {
        file: "core/next-step.ts",
        from: "(chain.leaseSeconds ?? now.leaseSeconds)",
        to: "(chain ? now.leaseSeconds : 0)",
      },
    ],
  },
  mistake(
    "releases a task before the one before it succeeded",
    "core/next-step.ts",
    'const task = run.tasks.findIndex(({ phase }) => phase !== "succeeded");\n  return',
    'const task = run.tasks.findIndex(({ phase }) => phase === "waiting");\n  return',
  ),
  mistake("sets no finalizer", "core/job/metadata.ts", "finalizers: [finalizer]", "finalizers: []"),
  mistake(
    "sets the TTL when it creates a Job",
    "core/job/make-job.ts",
    "suspend: true,",
    "suspend: true,\n      ttlSecondsAfterFinished: 60,",
  ),
  mistake(
    "sends .finished without asking Keptn",
    "chain/settle.ts",
    "const count = await countOnceSettled(ports, run);",
    'const count: Count = ((await countOnceSettled(ports, run)) && { kind: "current", started: 1, finished: 0 }) as Count;',
  ),
  mistake(
    "asks Keptn before it had the time to count",
    "chain/settle.ts",
    '(count) => count.kind === "over" || count.started > 0,',
    "(count) => count !== undefined,",
  ),
  mistake(
    "takes a .finished that Keptn took for one that it counted",
    "chain/settle.ts",
    '    await confirmCounted(ports, event, source);\n    return "sent";',
    '    if (!sent) await confirmCounted(ports, event, source);\n    return "sent";',
  ),
  mistake(
    "gives its claim back after it sent something",
    "chain/settle.ts",
    "throw sent && fault instanceof IoError && !isRefusedForGood(fault) ? markMaybeDone(fault) : fault;",
    "throw fault instanceof IoError && fault.maybeDone && !sent ? markMaybeDone(fault) : fault;",
  ),
  mistake(
    "forgets how the run ended when somebody else takes its report over",
    "core/next-step.ts",
    "run.marks.end ?? endOf(run, now)",
    "endOf(run, now)",
  ),
  mistake(
    "does not mark reported Jobs as such",
    "chain/tidy.ts",
    'state: "reported", ttlSeconds',
    'state: "released", ttlSeconds',
  ),
  mistake(
    "lets a TTL count from the Job's end",
    "core/memory.ts",
    "return Math.max(wantedSeconds, sinceEndSeconds + rememberedSeconds);",
    "return wantedSeconds + 0 * sinceEndSeconds * rememberedSeconds;",
  ),
  mistake(
    "runs whatever event comes, however late",
    "start-job/standing.ts",
    "ageMs > freshSeconds * 1000",
    "ageMs > freshSeconds * 1_000_000",
  ),
  mistake(
    "wakes itself by what it writes",
    "core/hint.ts",
    "if (run.marks.claim || run.marks.end)",
    "if (run.marks.claim && run.marks.reported)",
  ),
];
