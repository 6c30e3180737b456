// A world's steps as text for people.
import { type SimulateOptions, simulate } from "./simulate.ts";
import { renderViolation } from "./violation.ts";

/** Every step of a world, one per line. */
export const tellStory = async (seed: number, options: SimulateOptions = {}): Promise<string> => {
  const lines: string[] = [];
  const { violation, mishaps } = await simulate(seed, { ...options, onStep: (text) => lines.push(text) });
  const head = [
    `Seed ${seed}: ${violation ? renderViolation(violation) : "holds"}`,
    "",
    "What goes wrong in it:",
    ...mishaps.map((name) => `  ${name}`),
  ];
  return [...head, "", "   Seconds, and what happens:", ...lines, ""].join("\n");
};
