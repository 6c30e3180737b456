// What an author of a job config waits for: `lint` and `plan`, from the start of the process to its end, for ever larger configs.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bundleCli } from "../../../build/bundle.ts";
import { runNode } from "../harness/run-node.ts";
import type { Bench, Measure, Row } from "../measure.ts";
import { interleave } from "../rounds.ts";
import { plainRow, timesRow } from "../row.ts";

/** The last one only shows how it grows: between small ones, chance is larger than what the actions cost. */
const sizes = [1, 10, 100, 400] as const;

const measureOf = (command: "lint" | "plan"): Measure => ({
  about: `job-executor ${command}, as a process of its own`,
  run: async (bench) => {
    bench.say(command);
    const folder = join(bench.scratch, "cli");
    await bundleCli(folder);
    const [main, env] = [join(folder, "main.mjs"), { NODE_COMPILE_CACHE: join(bench.scratch, "cli-cache") }];
    const contestants = { bare: () => time(["-e", "0"], env) } as Record<string, () => Promise<number>>;
    for (const size of sizes) {
      const args = await argumentsOf(bench, command, size);
      contestants[size] = () => time([main, ...args], env);
    }
    const { bare = [], ...ours } = await interleave(contestants, { unmeasured: 2, measured: 15 });
    const rows = sizes.map((size): Row => {
      const row = { name: `${command} of ${size} actions`, unit: "ms", values: ours[size] ?? [] } as const;
      return timesRow(row, { name: "node -e 0", values: bare });
    });
    const value = ours[100] ?? [];
    return [
      ...rows,
      plainRow({
        name: "  the whole process for 100",
        unit: "ms",
        values: value,
        bound: { most: 300 },
        column: command,
      }),
      growthRow(ours),
    ];
  },
});

export const lint = measureOf("lint");
export const plan = measureOf("plan");

const time = async (args: readonly string[], env: Readonly<Record<string, string>>): Promise<number> =>
  (await runNode(args, env)).ms;

/** What an action more costs in a large config, against what it costs in a small one. */
const growthRow = (ours: Readonly<Record<string, readonly number[]>>): Row => {
  const at = (size: number) => ours[size] ?? [];
  const between = (less: number, more: number) =>
    at(more).map((ms, round) => (ms - (at(less)[round] ?? 0)) / (more - less));
  const row = { name: "  an action more, from 100 to 400", unit: "ms", values: between(100, 400) } as const;
  return timesRow({ ...row, bound: { most: 1.5 } }, { name: "from 1 to 100", values: between(1, 100) });
};

const argumentsOf = async ({ scratch }: Bench, command: string, size: number): Promise<readonly string[]> => {
  const [config, eventFile] = [join(scratch, `config-${size}.yaml`), join(scratch, "event.json")];
  await writeFile(config, makeConfig(size));
  await writeFile(eventFile, JSON.stringify(event));
  return command === "lint" ? ["lint", config] : ["plan", "--config", config, "--event", eventFile, "--output", "yaml"];
};

const makeConfig = (count: number): string =>
  `apiVersion: v2\nactions:\n${Array.from({ length: count }, (_, index) => makeAction(index)).join("")}`;

const makeAction = (index: number): string => `
  - name: Run locust ${index}
    events:
      - name: sh.keptn.event.test${index}.triggered
        jsonpath:
          property: $.data.test.teststrategy
          match: locust
    tasks:
      - name: Run locust smoke tests
        files: [locust/basic.py, locust/import.py]
        image: locustio/locust:2.${index}
        cmd: [locust]
        args: [-f, /keptn/locust/basic.py, --host, $(HOST)]
        env:
          - name: HOST
            value: $.data.deployment.deploymentURIsLocal[0]
            valueFrom: event
`;

const event = {
  id: "f2b878d3-03c0-4e8f-bc3f-454bc1b3d79b",
  type: "sh.keptn.event.test0.triggered",
  source: "shipyard-controller",
  shkeptncontext: "08735340-6f9e-4b32-97ff-3b6c292bc509",
  data: {
    ...{ project: "sockshop", stage: "dev", service: "carts" },
    test: { teststrategy: "locust" },
    deployment: { deploymentURIsLocal: ["http://carts.dev"] },
  },
};
