// A mistake whose place in the sources is gone would only be noticed by `npm run test:mutations`.
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { makeMistake, mistakes } from "./mistakes.ts";

test("each deliberate mistake still has its place in the sources", () => {
  for (const mistake of mistakes)
    for (const { file } of mistake.edits) makeMistake(file, readFileSync(`functions/${file}`, "utf8"), mistake);
});
