// docs/reference/problems.md: every problem by its code, with an example, from the golden cases.
import { type Problem, renderProblem } from "../../../functions/lib/core/problem.ts";
import { type Example, makeExamples, type Room, rooms } from "./examples.ts";
import { fence, renderHead } from "./markdown.ts";

export interface Documented {
  readonly room: Room;
  readonly code: string;
  readonly example: Example;
}

const document = (): readonly Documented[] => {
  const found = makeExamples().flatMap((example) =>
    [...new Set(example.problems.map(({ code }) => code))].map((code) => ({ room: example.room, code, example })),
  );
  const best = new Map<string, Documented>();
  for (const one of found) {
    const known = best.get(one.code);
    if (!known || (known.room === one.room && weightOf(one) < weightOf(known))) best.set(one.code, one);
  }
  return [...best.values()].toSorted((a, b) => (a.code < b.code ? -1 : 1));
};

/** Few other problems count more than few lines. */
const weightOf = ({ example }: Documented): number =>
  new Set(example.problems.map(({ code }) => code)).size * 100 + linesOf(example);

const linesOf = ({ shown }: Example): number => shown?.text.split("\n").length ?? 0;

/** Each code once: where it is found first, by its shortest example. */
export const documentedProblems = document();

const mostLines = 24;

export const renderProblems = (): string => {
  const sections = Object.entries(rooms).map(([room, title]) => ({
    title,
    own: documentedProblems.filter((one) => one.room === room),
  }));
  return [
    renderHead("Problems", "the code and test/golden"),
    introduction,
    ...sections.map(({ title, own }) => `**${title}:** ${own.map(linkTo).join(", ")}\n`),
    ...sections.map(({ title, own }) => [`## ${title}\n`, ...own.map(renderDocumented)].join("\n")),
  ].join("\n");
};

const linkTo = ({ code }: Documented): string => `[${code}](#${code})`;

const introduction = `Every problem that \`job-executor\` and the functions report about a config, settings or an event has a stable code. Errors prevent
something from running; warnings do not; notes (\`job-executor lint --from-jes\`) report differences from job-executor-service 0.3.0.
`;

const renderDocumented = ({ code, example }: Documented): string => {
  const { shown } = example;
  const isShown = shown && linesOf(example) <= mostLines;
  return [
    `### ${code}\n`,
    ...(isShown ? [fence(shown.language, shown.text), ""] : []),
    fence("", linesAbout(code, example.problems)),
    "",
  ].join("\n");
};

/** One of each kind is enough. */
const linesAbout = (code: string, problems: readonly Problem[]): string =>
  problems
    .filter((problem) => problem.code === code)
    .slice(0, 1)
    .map(renderProblem)
    .join("\n");
