// A mistake whose line is gone would otherwise only be noticed by `npm run test:mutations`.
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { applyMistake } from "./mistake.ts";
import { mistakes } from "./mistakes.ts";

test("each deliberate mistake finds its line in the sources", () => {
  for (const mistake of mistakes)
    for (const { file } of mistake.edits) applyMistake(file, readFileSync(`functions/${file}`, "utf8"), mistake);
});
