// Every problem that a job config can have, with its position, its code and its fix.
import { test } from "node:test";
import { lintJobConfig } from "../../../functions/cli/lint/lint.ts";
import { renderProblem } from "../../../functions/lib/core/problem.ts";
import { goldenCases } from "../../golden.ts";

for (const { name, read, check } of goldenCases("lint")) {
  test(`lint: ${name.replaceAll("-", " ")}`, () => {
    const problems = lintJobConfig(read("config.yaml") ?? "", "job/config.yaml", { allowPrivilegedJobs: false });
    check("problems.txt", problems.map((problem) => `${renderProblem(problem)}\n`).join(""));
  });
}
