// Commands that need a shell but do not get one: which ones get a warning, and which ones must not.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { lintJobConfig } from "../../../../../functions/cli/lint/lint.ts";

type Command = { cmd?: string[]; args?: string[]; image?: string; [field: string]: unknown };

const codesOf = (task: Command): string[] => {
  const env = [{ name: "HOST", value: "x", valueFrom: "string" }];
  const tasks = [{ name: "t", image: "alpine:3.20", env, ...task }];
  const events = [{ name: "sh.keptn.event.test.triggered" }];
  const config = JSON.stringify({ apiVersion: "v2", actions: [{ name: "a", events, tasks }] });
  return lintJobConfig(config, "f", { allowPrivilegedJobs: false }).map(({ code }) => code);
};

const told: Readonly<Record<string, readonly Command[]>> = {
  "blank-in-command": [
    { cmd: ["ls -la"] },
    { cmd: ["/bin/cat /etc/passwd"] },
    { cmd: ["python app.py", "--x"] },
    { cmd: ["ls "] },
    { cmd: ["echo $HOST"] },
    { cmd: ["cd /keptn && ls"] },
  ],
  "operator-without-shell": [
    { cmd: ["echo"], args: ["hi", "&&", "ls"] },
    { cmd: ["npm", "ci", "&&", "npm", "test"] },
    { cmd: ["ls", "-la", "|", "wc"] },
    { cmd: ["env", ">", "/keptn/env"] },
    { cmd: ["k6", "run", "x.js", "2>&1"] },
    { cmd: ["sleep", "5", ";", "ls"] },
    { args: ["apply", "&&", "echo", "done"], image: "hashicorp/terraform:1.9" },
    { cmd: ["chmod", "755", "/keptn/a.sh", "&&", "sh", "/keptn/a.sh"] },
  ],
  "operator-after-script": [
    { cmd: ["sh", "-c", "ls", "&&", "pwd"] },
    { cmd: ["sh", "-c", "ls $HOST", "&&", "pwd"] },
    { cmd: ["bash", "-ec"], args: ["ls", "|", "wc"] },
  ],
  "variable-without-shell": [
    { cmd: ["curl", "http://$HOST/x"] },
    { cmd: ["curl"], args: ["${HOST}"] },
    { cmd: ["curl"], args: ["${HOST:-localhost}"] },
    { args: ["-JSERVER_URL=$HOST"] },
    { args: ["http://$HOST"], image: "curlimages/curl:8.11.0" },
    { cmd: ["echo", "$KEPTN_PROJECT and $LABELS_BUILD"] },
    { cmd: ["curl", "-o", "$KEPTN_RESULT", "http://x"] },
  ],
  "program-outside-keptn": [
    { files: ["run.sh"], cmd: ["run.sh"] },
    { files: ["run.sh"], cmd: ["./run.sh"] },
    { files: ["/run.sh"], cmd: ["/run.sh"] },
    { files: ["scripts/"], cmd: ["scripts/run.sh"] },
    { files: ["run.sh"], cmd: ["sh", "run.sh"] },
    { files: ["app.py"], cmd: ["python3", "-u", "app.py"] },
    { files: ["run.sh"], cmd: ["sh", "-c", "./run.sh"] },
    { files: ["run.sh"], cmd: ["run.sh"], workingDir: "/keptn" },
  ],
};

const silent: readonly Command[] = [
  {},
  { cmd: [] },
  { cmd: ["sh", "-c", "ls -la && echo $HOST > /keptn/x; pwd | wc"] },
  { cmd: ["/bin/bash"], args: ["-c", "echo $HOST"] },
  { cmd: ["sh", "/keptn/run.sh", "$HOST"] },
  { cmd: ["busybox", "sh", "-c", "echo $HOST"] },
  { cmd: ["tini", "--", "sh", "-c", "echo $HOST"] },
  { cmd: ["kubectl", "exec", "pod", "--", "bash", "-c", "echo $HOST | wc"] },
  { cmd: ["cmd.exe", "/c", "dir", "&&", "dir"] },
  { cmd: ["C:\\Windows\\powershell.exe", "-Command", "ls", "|", "sort"] },
  { cmd: ["C:\\Program Files\\app.exe"] },
  { cmd: ["/opt/My App/run"] },
  { cmd: ["ssh", "host", "cd", "/x", "&&", "ls", ">", "/tmp/x"] },
  { cmd: ["watch", "ls", "|", "wc"] },
  { cmd: ["sh", "-c", 'exec "$@"', "x", "echo", "&&", "ls"] },
  { cmd: ["find", "/keptn", "-name", "*.js", "-exec", "k6", "run", "{}", ";", "-print"] },
  { cmd: ["timeout", "5", "find", "/keptn", "-exec", "cat", "{}", ";"] },
  { cmd: ["cut", "-d", "|", "-f", "2", "/keptn/x"] },
  { cmd: ["grep", "&&", "/keptn/x"] },
  { cmd: ["tr", ";", "x"] },
  { cmd: ["psql", "-F", "|", "-c", "select 1 > 0"] },
  { cmd: ["mlr", "--ifs", ";", "cat", "/keptn/x.csv"] },
  { cmd: ["expr", "5", ">", "3"] },
  { cmd: ["jq", "-n", "--arg", "HOST", "$(HOST)", "{host: $HOST} | .host"] },
  { args: ["--arg", "HOST", "$(HOST)", "$HOST"], image: "ghcr.io/jqlang/jq:1.7.1" },
  { cmd: ["awk", "{ print $HOST }", "/keptn/x"] },
  { cmd: ["sed", "s/${HOST}/x/", "/keptn/x"] },
  { cmd: ["envsubst", "$HOST"] },
  { cmd: ["node", "-e", "console.log(`${HOST}`)"] },
  { cmd: ["psql", "-c", "do $HOST$ begin end $HOST$"] },
  { args: ["--spring.datasource.url=${HOST}"] },
  { cmd: ["java", "-Dserver.url=${HOST}", "-jar", "x.jar"] },
  { cmd: ["curl", "$OTHER", "\\$HOST", "$$HOST", "$HOSTS", "$(HOST)"] },
  { args: ["echo $HOST && ls"] },
  { args: ["-c", "echo $HOST"] },
  { args: ["-c", "echo $HOST"], image: "bash:5.2" },
  { args: ["query", "where", "size", ">", "5"] },
  { cmd: ["echo", "a", "->", "b"] },
  { cmd: ["echo", "1 > 0", "R&D", "a|b"] },
  { cmd: ["echo", "|"] },
  { files: ["k6"], cmd: ["k6", "run", "/keptn/k6/x.js"] },
  { files: ["bin"], cmd: ["/bin/sh", "-c", "true"] },
  { files: ["run.sh"], cmd: ["/keptn/run.sh"] },
  { files: ["scripts"], cmd: ["./scripts/run.sh"], workingDir: "/keptn" },
  { files: ["run.sh"], cmd: ["./run.sh"], workingDir: "/keptn/" },
  { files: ["run.sh"], cmd: ["sh", "run.sh"], workingDir: "/keptn" },
  { files: ["run.sh"], cmd: ["run.sh"], env: [{ name: "PATH", value: "/bin:/keptn", valueFrom: "string" }] },
  { files: ["run.sh"], cmd: ["sh", "-c", "cd /keptn && ./run.sh"] },
  { files: ["/"], cmd: ["./run.sh"] },
];

describe("a command that needs a shell", () => {
  for (const [code, commands] of Object.entries(told))
    for (const command of commands)
      test(`${code}: ${JSON.stringify(command)}`, () => assert.deepEqual(codesOf(command), [code]));
});

describe("a command that works without a shell", () => {
  for (const command of silent)
    test(`gets no warning: ${JSON.stringify(command)}`, () => assert.deepEqual(codesOf(command), []));
});
