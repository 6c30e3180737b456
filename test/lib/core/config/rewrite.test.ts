// A value rewritten into the form that its field expects; a command as written in a terminal.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { commandList, commandText } from "../../../../functions/lib/core/config/command-text.ts";
import { knownWord } from "../../../../functions/lib/core/config/known-words.ts";
import { rewriteFix } from "../../../../functions/lib/core/config/rewrite.ts";
import { knownKeysAt } from "../../../../functions/lib/core/config/schema-at.ts";

describe("a command as one string", () => {
  const lists: Readonly<Record<string, string[]>> = {
    ls: ["ls"],
    " ls  -la ": ["ls", "-la"],
    'echo "a b" \'c d\' e"f"': ["echo", "a b", "c d", "ef"],
    "curl $(HOST)/x": ["curl", "$(HOST)/x"],
    "ls && pwd": ["sh", "-c", "ls && pwd"],
    "echo $HOST": ["sh", "-c", "echo $HOST"],
    "ls *.js": ["sh", "-c", "ls *.js"],
    "echo 'it": ["sh", "-c", "echo 'it"],
    "": ["sh", "-c", ""],
  };
  for (const [text, list] of Object.entries(lists))
    test(`${JSON.stringify(text)} becomes a list`, () => assert.deepEqual(commandList(text), list));
  test("is joined from words, quoted where a shell would split or expand them", () => {
    const words = ["echo", "a b", "it's", "&&", "ls", ">", "/keptn/x", "$(HOST)", "*"];
    assert.equal(commandText(words), "echo 'a b' 'it'\\''s' && ls > /keptn/x $(HOST) '*'");
    assert.equal(commandText(["ls", "&&", "echo $HOST"]), "ls && echo $HOST");
  });
});

test("a text too long for a message is left out", () => {
  const path = ["actions", 0, "tasks", 0, "cmd"];
  assert.equal(rewriteFix("x ".repeat(200), path), undefined);
  assert.equal(rewriteFix("x y", path), 'Write `cmd: ["x","y"]`.');
});

test("none of our fields is mistaken for a word of another tool", () => {
  const places = [
    [],
    ["actions", 0],
    ["actions", 0, "events", 0],
    ["actions", 0, "tasks", 0],
    ["actions", 0, "tasks", 0, "env", 0],
  ];
  for (const path of places) {
    const known = knownKeysAt(path);
    assert.ok(known.length > 0);
    assert.deepEqual(
      known.filter((key) => knownWord(key, path)),
      [],
    );
  }
  assert.equal(knownWord("constructor", ["actions", 0, "tasks", 0]), undefined);
});

test("every suggested field exists", () => {
  const fix = (key: string) =>
    /^Did you mean `(\w+)`/.exec(knownWord(key, ["actions", 0, "tasks", 0]) ?? "")?.[1] ?? "";
  const fields = ["command", "arguments", "environment", "file", "cwd", "serviceAccountName", "timeout", "pull_policy"];
  for (const key of fields) assert.ok(knownKeysAt(["actions", 0, "tasks", 0]).includes(fix(key)), key);
});
