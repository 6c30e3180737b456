// The Git repository behind Keptn's resource-service: a branch for each stage and one for the project, commit after commit.
import { createHash } from "node:crypto";

export type Files = ReadonlyMap<string, Buffer>;

export interface Repository {
  /** @returns the commit's id */
  commit(branch: string, change: Readonly<Record<string, string | Buffer>>): string;
  /** A commit that somebody pushed to the Git upstream: the clone does not know it before its next pull. */
  push(branch: string, change: Readonly<Record<string, string | Buffer>>): string;
  /** Before every read without a commit id (resource_manager.go, readResource). */
  pull(): void;
  hasBranch(branch: string): boolean;
  head(branch: string): Commit | undefined;
  /** By id, the beginning of an id, or a branch's name. */
  find(revision: string): Commit | undefined;
}

export interface Commit {
  readonly id: string;
  readonly files: Files;
}

export const makeRepository = (): Repository => {
  const upstream = new Map<string, Commit>();
  const heads = new Map<string, Commit>();
  const known = new Map<string, Commit>();
  const pull = () => {
    for (const [branch, commit] of upstream) {
      heads.set(branch, commit);
      known.set(commit.id, commit);
    }
  };
  const push: Repository["push"] = (branch, change) => {
    const before = upstream.get(branch);
    const files = new Map([...(before?.files ?? []), ...Object.entries(change).map(toFile)]);
    const id = idOf([before?.id ?? "", branch, ...[...files].flat()]);
    upstream.set(branch, { id, files });
    return id;
  };
  return {
    push,
    pull,
    commit: (branch, change) => {
      const id = push(branch, change);
      pull();
      return id;
    },
    hasBranch: (branch) => heads.has(branch),
    head: (branch) => heads.get(branch),
    find: (revision) => heads.get(revision) ?? [...known.values()].find(({ id }) => id.startsWith(revision)),
  };
};

const toFile = ([name, content]: [string, string | Buffer]): [string, Buffer] => [name, Buffer.from(content)];

const idOf = (parts: readonly (string | Buffer)[]): string => {
  const hash = createHash("sha1");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("hex");
};
