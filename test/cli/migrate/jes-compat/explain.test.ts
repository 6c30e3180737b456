// What runs differently than with JES: each folder of test/golden/from-jes is one kind of config.
import assert from "node:assert/strict";
import { test } from "node:test";
import { lintJobConfig } from "../../../../functions/cli/lint/lint.ts";
import { fieldsBeyondJes } from "../../../../functions/cli/migrate/jes-compat/fields.ts";
import { renderProblem } from "../../../../functions/lib/core/problem.ts";
import { goldenCases } from "../../../golden.ts";

const notesOf = (config: string) =>
  lintJobConfig(config, "job/config.yaml", { allowPrivilegedJobs: false, fromJes: true }).filter(
    ({ severity }) => severity === "note",
  );

for (const { name, read, check } of goldenCases("from-jes")) {
  test(`from JES: ${name.replaceAll("-", " ")}`, () => {
    check(
      "notes.txt",
      notesOf(read("config.yaml") ?? "")
        .map((note) => `${renderProblem(note)}\n`)
        .join(""),
    );
  });
}

test("each field of the schema that JES lacks gets a note, and no other field", () => {
  const { action, task, env, securityContext } = fieldsBeyondJes;
  const given = (where: object, fields: readonly string[]) => ({
    ...where,
    ...Object.fromEntries(fields.map((name) => [name, ["x"]])),
  });
  const inTask = { env: [given({ name: "A" }, env)], securityContext: given({ runAsUser: 1 }, securityContext) };
  const config = { actions: [{ ...given({}, action), tasks: [given(inTask, task)] }] };
  const notes = notesOf(JSON.stringify(config)).filter(({ code }) => code === "jes-has-no-such-field");
  assert.equal(notes.length, action.length + task.length + env.length + securityContext.length);
  assert.ok(task.includes("volumes") && env.includes("secret") && action.includes("failFast"));
});

test("the three securityContext fields that JES lacks get a note at their position", () => {
  const config = `apiVersion: v2
actions:
  - name: Say hello
    events: [{name: sh.keptn.event.hello.triggered}]
    tasks:
      - name: hello
        image: alpine
        securityContext:
          runAsUser: 1000
          seLinuxOptions: {level: "s0:c1"}
          appArmorProfile: {type: RuntimeDefault}
          windowsOptions: {runAsUserName: ContainerUser}
`;
  const notes = notesOf(config).filter(({ code }) => code === "jes-has-no-such-field");
  assert.deepEqual(
    notes.map(({ at, message }) => [at?.line, /`(\w+)`/.exec(message)?.[1]]),
    [
      [10, "seLinuxOptions"],
      [11, "appArmorProfile"],
      [12, "windowsOptions"],
    ],
  );
});

test("every note has a position and says what to do, even if nothing", () => {
  for (const { read } of goldenCases("from-jes")) {
    for (const { code, at, fix } of notesOf(read("config.yaml") ?? "")) assert.ok(at && fix, code);
  }
});

test("a config that runs as before gets only the notes that every config gets", () => {
  const config = `apiVersion: v2
actions:
  - name: Say hello
    events: [{name: sh.keptn.event.hello.triggered}]
    tasks: [{name: hello, image: alpine, maxPollDuration: 60, cmd: [echo, hello]}]
`;
  const codes = notesOf(config).map(({ code }) => code);
  assert.deepEqual(codes, ["jes-failed-is-not-errored", "jes-stopped-in-time"]);
});

test("there are no notes about JES unless asked for", () => {
  const problems = lintJobConfig("apiVersion: v2\nactions: []\n", "job/config.yaml", { allowPrivilegedJobs: false });
  assert.deepEqual(
    problems.filter(({ severity }) => severity === "note"),
    [],
  );
});
