// Keptn's resource-service: handler/resource_manager.go, handler/common.go, handler/pagination.go, models/resource.go.
import { isMap } from "./merge.ts";
import { mainBranch, type Projects } from "./projects.ts";
import { type Asked, json, noRoute, paginate, parseBody, type Reply, refuse } from "./reply.ts";
import type { Commit, Files, Repository } from "./repository.ts";

interface Target {
  readonly repository: Repository;
  readonly branch: string;
  /** Folder of the service on its stage's branch, with a slash at its end; "" at the other levels. */
  readonly folder: string;
}

/** @param path what follows `resource-service/v1/project` */
export const serveResources = (asked: Asked, path: readonly string[], projects: Projects): Reply => {
  const parsed = parsePath(path);
  if (!parsed) return noRoute;
  const repository = projects.findRepository(parsed.project);
  if (!repository) return refuse(404, "Could not find credentials for upstream repository");
  const target = { repository, branch: parsed.stage ?? mainBranch, folder: parsed.service ? `${parsed.service}/` : "" };
  if (asked.method === "POST" && parsed.uri === undefined) return write(asked, target);
  const commit = asked.query.get("gitCommitID");
  if (parsed.uri === undefined) return withHead(target, (head) => list(asked, head, target.folder));
  return readOne(target, parsed.uri, commit);
};

/** A slash of the name that the gateway has decoded makes another path, which nobody serves. */
const parsePath = ([project, ...rest]: readonly string[]) => {
  const at = { stage: undefined as string | undefined, service: undefined as string | undefined };
  let left = rest;
  for (const level of ["stage", "service"] as const) {
    if (left[0] !== level) break;
    at[level] = left[1];
    left = left.slice(2);
  }
  const fits = project && left[0] === "resource" && left.length <= 2;
  return fits ? { project, ...at, uri: left[1] } : undefined;
};

const readOne = (target: Target, escaped: string, commit: string | null): Reply => {
  const uri = decodeURIComponent(escaped.replaceAll("+", " ")); // Go's url.QueryUnescape
  if (uri.includes("~") || uri.includes("..")) return refuse(400, "invalid resource uri");
  if (!commit) return withHead(target, (head) => found(head, escaped, head.files.get(target.folder + uri)));
  // No pull: a commit that the clone does not know is an unknown error (common/git.go, GetFileRevision).
  if (!target.repository.hasBranch(target.branch)) return refuse(404, "Stage not found");
  const at = target.repository.find(commit);
  if (!at) return refuse(500, "Internal server error");
  if (!hasFolder(target.repository.head(target.branch)?.files, target.folder)) return refuse(404, "Service not found");
  return found({ ...at, id: commit }, escaped, at.files.get(target.folder + uri));
};

const withHead = ({ repository, branch, folder }: Target, read: (head: Commit) => Reply): Reply => {
  repository.pull();
  const head = repository.head(branch);
  if (!head) return refuse(404, "Stage not found");
  return hasFolder(head.files, folder) ? read(head) : refuse(404, "Service not found");
};

const hasFolder = (files: Files | undefined, folder: string): boolean =>
  folder === "" || [...(files?.keys() ?? [])].some((name) => name.startsWith(folder));

const metadata = (version: string) => ({ upstreamURL: "http://git/upstream.git", version });

const found = ({ id }: Commit, resourceURI: string, bytes: Buffer | undefined): Reply =>
  bytes
    ? json({ resourceContent: contentOf(bytes), resourceURI, metadata: metadata(id) })
    : refuse(404, "Resource not found");

/** An empty file has none at all (models/resource.go: omitempty). */
const contentOf = (bytes: Buffer): string | undefined => (bytes.length > 0 ? bytes.toString("base64") : undefined);

/** Names with a leading slash; none with `.git` in it. */
const list = (asked: Asked, head: Commit, folder: string): Reply => {
  const names = [...head.files.keys()].filter((name) => name.startsWith(folder)).map((n) => n.slice(folder.length));
  const shown = names.filter((name) => !`/${name}`.includes(".git") && !name.includes(".keptn-stages")).sort();
  const { part, nextPageKey } = paginate(shown, asked.query);
  const resources = part.map((name) => ({ resourceURI: `/${name}`, metadata: metadata(head.id) }));
  return json({ nextPageKey, resources, totalCount: shown.length });
};

const write = (asked: Asked, target: Target): Reply => {
  const given = parseBody(asked)?.["resources"];
  if (!Array.isArray(given) || !given.every(isMap)) return refuse(400, "Invalid request format");
  const { repository, branch, folder } = target;
  if (!repository.hasBranch(branch)) return refuse(404, "Stage not found");
  const change = given.map((file) => {
    const name = folder + String(file["resourceURI"]).replace(/^\//, "");
    return [name, Buffer.from(String(file["resourceContent"]), "base64")] as const;
  });
  const commitID = repository.commit(branch, Object.fromEntries(change));
  return json({ commitID, metadata: metadata(commitID) }, 201);
};
