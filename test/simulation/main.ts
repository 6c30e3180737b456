// `npm run simulate` searches for a world in which an invariant breaks. docs/simulation.md explains the output.
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { mistakes } from "./mistakes.ts";
import { shrink } from "./shrink.ts";
import { tellStory } from "./story.ts";
import { type Failure, sumOf, type Tally } from "./tally.ts";
import { renderViolation } from "./violation.ts";
import { spreadWorlds } from "./workers.ts";

const usage = `npm run simulate -- [options]

  --runs N      so many runs, 100000 by default: one half from seed 1 on, the other from a fresh seed on
  --seed N      from this seed on; without --runs its world alone, and its story
  --minutes N   from a fresh seed on, for so long
  --cores N     on so many processor cores; all by default
  --counts      also prints how often what happened
  --mutations   looks for each deliberate mistake (mistakes.ts), within 20000 runs
  --only REGEXP with --mutations: those alone whose names it matches
`;

const { values } = parseArgs({
  options: {
    ...{ runs: { type: "string" }, seed: { type: "string" }, minutes: { type: "string" }, cores: { type: "string" } },
    ...{
      counts: { type: "boolean" },
      mutations: { type: "boolean" },
      only: { type: "string" },
      help: { type: "boolean" },
    },
  },
});

const numberOf = (name: "runs" | "seed" | "minutes" | "cores"): number | undefined => {
  const value = values[name] === undefined ? undefined : Number(values[name]);
  if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) return value;
  process.stderr.write(`--${name} ${values[name]} is not a whole number.\n\n${usage}`);
  process.exit(2);
};

const [runs, seed, minutes, cores] = [numberOf("runs"), numberOf("seed"), numberOf("minutes"), numberOf("cores")];
const onCores = cores ? { cores } : {};

const main = async (): Promise<boolean> => {
  if (values.help) return say(usage);
  if (values.mutations) return findMistakes();
  if (seed !== undefined && runs === undefined && minutes === undefined) return tellWorld(seed);
  const sum = await search();
  say(describe(sum));
  if (values.counts) say(renderCounts(sum));
  return sum.failure ? explain(sum.failure) : true;
};

const search = async (): Promise<Tally> => {
  const fresh = randomInt(1_000_000_000);
  if (minutes !== undefined) {
    const untilMs = performance.now() + minutes * 60_000;
    return from(seed ?? fresh, () => performance.now() >= untilMs);
  }
  const wanted = runs ?? 100_000;
  if (seed !== undefined) return from(seed, (sofar) => sofar.runs >= wanted);
  const fixed = await from(1, (sofar) => sofar.runs >= wanted / 2);
  return fixed.failure ? fixed : sumOf(fixed, await from(fresh, (sofar) => fixed.runs + sofar.runs >= wanted));
};

const from = (fromSeed: number, isEnough: (sofar: Tally) => boolean): Promise<Tally> => {
  process.stderr.write(`from seed ${fromSeed} on\n`);
  return spreadWorlds({ fromSeed, isEnough, onProgress: makeProgress(), ...onCores });
};

const makeProgress = () => {
  const beganMs = performance.now();
  let toldMs = beganMs;
  return ({ runs: done }: Tally): void => {
    if (performance.now() - toldMs < 5000) return;
    toldMs = performance.now();
    const seconds = (toldMs - beganMs) / 1000;
    const speed = `${(done / seconds).toFixed(0)} a second, ${memoryText()}`;
    process.stderr.write(`${done} runs in ${seconds.toFixed(0)} s, ${speed}\n`);
  };
};

const describe = ({ runs: done, worlds, simulatedMs, failure }: Tally): string => {
  const { user, system } = process.cpuUsage();
  const perSecond = done / ((user + system) / 1e6);
  const days = simulatedMs / 86_400_000;
  return [
    `${done} runs in ${worlds} worlds, ${days.toFixed(0)} days of their time, in ${(performance.now() / 1000).toFixed(0)} s: `,
    `${perSecond.toFixed(0)} runs per second of a processor core, `,
    `${memoryText()}. ${failure ? "An invariant broke." : "All invariants held."}\n`,
  ].join("");
};

/** Of all threads. */
const memoryText = (): string => `${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB`;

const renderCounts = ({ happened }: Tally): string =>
  [...happened]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([what, times]) => `${String(times).padStart(9)}  ${what}\n`)
    .join("");

const explain = async ({ seed: found, violation }: Failure): Promise<false> => {
  process.stderr.write(`seed ${found}: ${renderViolation(violation)}; looking for what it needs\n`);
  const { without } = await shrink(found);
  say(`\n${await tellStory(found, { without })}\nnpm run simulate -- --seed ${found}\n`);
  return false;
};

const tellWorld = async (one: number): Promise<boolean> => {
  const { outcome, without } = await shrink(one);
  say(await tellStory(one, { without }));
  return outcome.violation === undefined;
};

const findMistakes = async (): Promise<boolean> => {
  let all = true;
  for (const { name } of mistakes.filter(({ name }) => new RegExp(values.only ?? "").test(name))) {
    const isEnough = (sofar: Tally) => sofar.runs >= 20_000;
    const { runs: done, failure } = await spreadWorlds({ fromSeed: 1, isEnough, mistake: name, ...onCores });
    const found = failure ? `seed ${failure.seed}: ${failure.violation.rule}` : "NOT FOUND";
    say(`${String(done).padStart(6)} runs  ${name.padEnd(66)}  ${found}\n`);
    all &&= failure !== undefined;
  }
  return all;
};

const say = (text: string): true => {
  process.stdout.write(text);
  return true;
};

process.exitCode = (await main()) ? 0 : 1;
