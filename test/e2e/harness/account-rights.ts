// The permissions of service accounts, according to docs/install.md and to the API server.
import { readFileSync } from "node:fs";

/** By the account's name: each verb with what it is for, as `jobs list`. */
export type Rights = ReadonlyMap<string, readonly string[]>;

const rowOfAccounts = /^\| (`[^|]*`[^|]*) \| ([^|]*) \| ([^|]*)\|$/gm;

/** The table "What each account may do". */
export const documentedRights = (): Rights => {
  const [, section = ""] = readFileSync("docs/install.md", "utf8").split("## What each account may do\n");
  const rows = [...section.matchAll(rowOfAccounts)];
  return new Map(
    rows.flatMap(([, accounts = "", inJobs = "", inOurs = ""]) => {
      const rights = [inJobs, inOurs].flatMap((cell) => cell.split("; ")).flatMap(rightsOf);
      return [...accounts.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => [name, rights.sort()] as const);
    }),
  );
};

/** `pods, events: list` -> `pods list`, `events list` */
const rightsOf = (text: string): string[] => {
  const [what = "", verbs] = text.trim().split(": ");
  if (!verbs) return [];
  const resources = what.split(", ").map((resource) => resource.replaceAll("`", ""));
  return resources.flatMap((resource) => verbs.split(", ").map((verb) => `${resource} ${verb}`));
};

/** Every account has these: to ask about itself. */
const aboutItself = /^selfsubject/;

/** @param list what `kubectl auth can-i --list` prints: resources, non-resource URLs, names, verbs */
export const listedRights = (list: string): readonly string[] =>
  list
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const [, resource = "", , names = "", verbs = ""] =
        /^(\S+)\s+(\[[^\]]*\])\s+\[([^\]]*)\]\s+\[([^\]]*)\]/.exec(line) ?? [];
      if (resource === "" || aboutItself.test(resource)) return [];
      const [name = "", ...group] = resource.split(".");
      const said = group.join(".") === "events.k8s.io" ? `events.k8s.io ${name}` : name;
      return verbs.split(" ").map((verb) => `${said}${names ? ` ${names}` : ""} ${verb}`);
    })
    .sort();
