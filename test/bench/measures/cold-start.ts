// Cold start: from the spawn of a function's process to its first answered event, or to what a user waits for.
import { join } from "node:path";
import { deployedEnv, type FunctionName, functionNames } from "../../cluster/harness/deployed-env.ts";
import { requestOfEvent } from "../../doubles/requests.ts";
import { type Doubles, isReleased, openDoubles } from "../harness/doubles.ts";
import { type FirstAnswer, measureFirstAnswer, type Program } from "../harness/first-answer.ts";
import { trigger } from "../harness/place.ts";
import type { Bench, Measure, Row } from "../measure.ts";
import { interleave } from "../rounds.ts";
import { fasterRow, timesRow } from "../row.ts";

export const coldStart: Measure = {
  about: "from the spawn of the process to its first answered event, or what it is for: the released Job, .finished",
  run: async (bench) => {
    const doubles = await openDoubles(bench.dist);
    try {
      return [...(await againstBare(bench, doubles)), ...(await againstNaive(bench, doubles))];
    } finally {
      await doubles.close();
    }
  },
};

/** An event that is not for us: read, understood, answered, and nothing is asked of anybody. */
const foreign = requestOfEvent({ specversion: "1.0", id: "1", type: "none", source: "/bench", data: {} });

const bundled = ({ dist }: Bench, doubles: Doubles, name: FunctionName): Program => ({
  args: [join(dist, "serve.cjs")],
  env: envOf(doubles, name),
});

const envOf = ({ env }: Doubles, name: FunctionName) => ({ ...deployedEnv(name), ...env, FUNCTION: name });

const againstBare = async (bench: Bench, doubles: Doubles): Promise<Row[]> => {
  bench.say("cold start against a bare node:http server");
  const bareServer = { args: [join(bench.programs, "bare-server.cjs")] };
  const [startJob, finishTask] = [bundled(bench, doubles, "start-job"), bundled(bench, doubles, "finish-task")];
  const { bare, ...ours } = await interleave(
    {
      bare: () => measureFirstAnswer(bareServer, foreign),
      "start-job, nothing asked": () => measureFirstAnswer(startJob, foreign),
      "finish-task, nothing asked": () => measureFirstAnswer(finishTask, foreign),
      "start-job, a run started": () => {
        const { event, request } = trigger(doubles);
        return measureFirstAnswer(startJob, request, doubles.jobOf(event, isReleased));
      },
      "finish-task, a run reported": async () => {
        const { event, change } = await doubles.endedRun();
        return measureFirstAnswer(finishTask, change, doubles.finishedOf(event.id));
      },
    },
    { unmeasured: 2, measured: 25 },
  );
  const name = "bare node:http";
  return Object.entries(ours).flatMap(([what, values]): Row[] => {
    const time = { name: what, unit: "ms", values: values.map(msOf), bound: { most: 3 }, column: what } as const;
    const answered = values.map(({ answeredMs }) => answeredMs);
    const cpu = { name: "", unit: "ms of CPU", values: values.map(cpuOf) } as const;
    return [
      timesRow(time, { name, values: bare.map(msOf) }),
      ...(values.some(({ ms, answeredMs }) => ms !== answeredMs)
        ? [
            timesRow(
              { name: "  answered", unit: "ms", values: answered, bound: { most: 3 } },
              { name, values: bare.map(msOf) },
            ),
          ]
        : []),
      timesRow(cpu, { name, values: bare.map(cpuOf) }),
    ];
  });
};

const msOf = ({ ms }: FirstAnswer): number => ms;
const cpuOf = ({ cpuMs }: FirstAnswer): number => cpuMs;

const againstNaive = async (bench: Bench, doubles: Doubles): Promise<Row[]> => {
  const rows: Row[] = [];
  for (const name of functionNames) {
    bench.say(`cold start of ${name} against the naive form`);
    const env = envOf(doubles, name);
    const first = (program: Program) => async () => (await measureFirstAnswer(program, foreign)).ms;
    const { ours, ...others } = await interleave(
      {
        ours: first(bundled(bench, doubles, name)),
        "unbundled sources": first({ args: ["functions/main.ts"], env }),
        "libraries as in their READMEs": first({ args: ["test/bench/programs/naive.ts"], env }),
      },
      { unmeasured: 1, measured: 7 },
    );
    for (const [other, values] of Object.entries(others)) {
      const isNaive = other === "unbundled sources";
      const bound = isNaive ? { bound: { least: 6 }, column: `${name}, faster than unbundled` } : {};
      const row = { name: `${name}, nothing asked`, unit: "ms", values: ours, ...bound } as const;
      rows.push(fasterRow(row, { name: other, values }));
    }
  }
  return rows;
};
