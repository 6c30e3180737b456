// A value in another form, as its field would have it; a command as people know it from a terminal.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { commandList, commandText } from "../../../../functions/lib/core/config/command-text.ts";
import { knownWord } from "../../../../functions/lib/core/config/known-words.ts";
import { rewriteFix } from "../../../../functions/lib/core/config/rewrite.ts";
import { knownKeysAt } from "../../../../functions/lib/core/config/schema-at.ts";

describe("a command as one text", () => {
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
    test(`${JSON.stringify(text)} is a list`, () => assert.deepEqual(commandList(text), list));
  test("is made of words, with quotes where a shell would split or read them", () => {
    const words = ["echo", "a b", "it's", "&&", "ls", ">", "/keptn/x", "$(HOST)", "*"];
    assert.equal(commandText(words), "echo 'a b' 'it'\\''s' && ls > /keptn/x $(HOST) '*'");
    assert.equal(commandText(["ls", "&&", "echo $HOST"]), "ls && echo $HOST");
  });
});

test("what is too long to be shown in a sentence is not", () => {
  const path = ["actions", 0, "tasks", 0, "cmd"];
  assert.equal(rewriteFix("x ".repeat(200), path), undefined);
  assert.equal(rewriteFix("x y", path), 'Write `cmd: ["x","y"]`.');
});

test("no field of ours is taken for a word of others", () => {
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

test("a field that a word stands for is there", () => {
  const fix = (key: string) =>
    /^Did you mean `(\w+)`/.exec(knownWord(key, ["actions", 0, "tasks", 0]) ?? "")?.[1] ?? "";
  const fields = ["command", "arguments", "environment", "file", "cwd", "serviceAccountName", "timeout", "pull_policy"];
  for (const key of fields) assert.ok(knownKeysAt(["actions", 0, "tasks", 0]).includes(fix(key)), key);
});
