// Many worlds in sequence: the number of runs, the faults in them, and the first violation.
import { type Handlers, loadHandlers } from "./handlers.ts";
import type { Mishap } from "./rates.ts";
import { simulate } from "./simulate.ts";
import type { Violation } from "./violation.ts";

export interface Tally {
  readonly worlds: number;
  readonly runs: number;
  readonly simulatedMs: number;
  /** How often each kind of thing happened. */
  readonly happened: ReadonlyMap<string, number>;
  readonly failure?: Failure;
}

export interface Failure {
  readonly seed: number;
  readonly violation: Violation;
}

export interface Portion {
  readonly fromSeed: number;
  /** Ends after this many worlds, or at the first violation. */
  readonly worlds: number;
  readonly handlers?: Handlers;
  /** The only faults to inject, and often. */
  readonly only?: readonly Mishap[] | undefined;
}

export const noTally: Tally = { worlds: 0, runs: 0, simulatedMs: 0, happened: new Map() };

export const tallyWorlds = async ({ fromSeed, worlds, handlers, only }: Portion): Promise<Tally> => {
  const all = handlers ?? (await loadHandlers());
  const happened = new Map<string, number>();
  let [runs, simulatedMs] = [0, 0];
  for (let seed = fromSeed; seed < fromSeed + worlds; seed++) {
    const outcome = await withoutStacks(() => simulate(seed, { handlers: all, only }));
    runs += outcome.runs;
    simulatedMs += outcome.simulatedMs;
    addUp(happened, outcome.happened);
    const { violation } = outcome;
    const sum = { worlds: seed - fromSeed + 1, runs, simulatedMs, happened };
    if (violation) return { ...sum, failure: { seed, violation } };
  }
  return { worlds, runs, simulatedMs, happened };
};

export const sumOf = (a: Tally, b: Tally): Tally => {
  const happened = new Map(a.happened);
  addUp(happened, b.happened);
  const failure = a.failure ?? b.failure;
  return {
    ...{ worlds: a.worlds + b.worlds, runs: a.runs + b.runs, simulatedMs: a.simulatedMs + b.simulatedMs, happened },
    ...(failure ? { failure } : {}),
  };
};

const addUp = (sum: Map<string, number>, more: ReadonlyMap<string, number>): void => {
  for (const [what, times] of more) sum.set(what, (sum.get(what) ?? 0) + times);
};

/** Nobody reads the stacks of intentional faults, and collecting them takes time. */
const withoutStacks = async <T>(act: () => Promise<T>): Promise<T> => {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return await act();
  } finally {
    Error.stackTraceLimit = limit;
  }
};
