// Lifts the suspension of a run's next tasks.
import { refOf } from "../core/object-meta.ts";
import type { RunState } from "../core/run-state.ts";
import { wantedValuesOf } from "../core/wanted-values.ts";
import { aboutRun, type ChainPorts } from "./ports.ts";

/** @returns whether all of these tasks were released by this call */
export const release = async (ports: ChainPorts, run: RunState, tasks: readonly number[]): Promise<boolean> => {
  const released = await Promise.all(tasks.map((task) => releaseTask(ports, run, task)));
  return released.every(Boolean);
};

const releaseTask = async (ports: ChainPorts, run: RunState, place: number): Promise<boolean> => {
  const task = run.tasks[place];
  const { job, link } = task ?? {};
  if (!task || !job || !link) return false;
  const takesValues = wantedValuesOf(job).length > 0;
  if (takesValues && !(await passValues(ports, run, task))) return false;
  const answer = await ports.jobs.patch(refOf(job), {
    expect: { suspend: true, ...(takesValues ? deadlineOf(job) : {}) },
    ...({ state: "released", suspend: false } as const),
  });
  ports.log({ level: "info", message: "released a task", task: link.task, job: link.name, answer, ...aboutRun(run) });
  if (answer !== "done") return false;
  await ports.note(refOf(job), { reason: "Released", message: `Released task '${link.task}'.` });
  return true;
};

type Passing = typeof import("./pass-values.ts");

/** With a YAML parser, which most runs never need. */
const passValues: Passing["passValues"] = async (...given) => (await import("./pass-values.ts")).passValues(...given);

/** Another delivery that did not find the values has changed it. */
const deadlineOf = ({ spec }: NonNullable<RunState["tasks"][number]["job"]>) =>
  spec?.activeDeadlineSeconds === undefined ? {} : { activeDeadlineSeconds: spec.activeDeadlineSeconds };
