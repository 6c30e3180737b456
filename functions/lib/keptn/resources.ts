// Reads resources of Keptn's Git repository at one of its three levels, at the event's commit if possible.
import * as z from "zod";
import { type Level, pathOfUri } from "../core/files/file-choice.ts";
import { IoError } from "../io-error.ts";
import type { KeptnApi } from "./api.ts";
import { isBase64, readContent } from "./resource-content.ts";
import { anything, lateShape, type OutputOf } from "./shape.ts";

/** The event whose resources are read. */
export interface Scope {
  readonly project: string;
  readonly stage: string;
  readonly service: string;
  /** A commit of the stage's branch. Projects have their own branch, so HEAD is read at project level. */
  readonly gitcommitid?: string | undefined;
}

export interface Place {
  readonly level: Level;
  readonly scope: Scope;
}

/**
 * An empty file has no content (resource-service, models/resource.go: omitempty). zod's own base64 format would add a millisecond to
 * a cold start.
 */
const resource = lateShape(() => z.object({ resourceContent: z.string().refine(isBase64).default("") }).optional());

/** resource-service's own messages (handler/common.go). A missing project or Git upstream is not a missing file. */
const absent = ["Resource not found", "Service not found", "Stage not found"];
const gone = { messages: absent, value: undefined };

/** Requests a path of Keptn's API, with or without a commit. */
type Ask<T> = (question: {
  readonly path: string;
  readonly mayRepeat?: (fault: IoError) => boolean;
}) => Promise<T | undefined>;

/**
 * @param path without a leading slash
 * @returns undefined if the file or the level does not exist
 * @throws IoError for all other errors; not retryable if Keptn's clone does not have the commit even after a pull
 */
export const getResource = (
  api: KeptnApi,
  place: Place,
  path: string,
  limit: { readonly maxBytes?: number } = {},
): Promise<Buffer | undefined> =>
  askAtCommit({ api, place, path }, async (question) => {
    const found = await api.call({ ...question, ...limit, shape: resource, absent: gone });
    return found && Buffer.from(found.resourceContent, "base64");
  });

/** Like {@link getResource}, as a stream for files of any size. @throws IoError, also while reading */
export const openResource = (
  api: KeptnApi,
  place: Place,
  path: string,
): Promise<AsyncIterable<Uint8Array> | undefined> =>
  askAtCommit({ api, place, path }, async (question) => {
    const chunks = await api.open({ ...question, absent });
    return chunks && readContent(`Keptn GET ${question.path}`, chunks);
  });

interface Resource {
  readonly api: KeptnApi;
  readonly place: Place;
  readonly path: string;
}

const askAtCommit = async <T>(resource: Resource, ask: Ask<T>): Promise<T | undefined> => {
  const { api, place, path } = resource;
  const atHead = { path: resourcePath(place, path) };
  const commit = place.level === "project" || isHelmArchive(path) ? undefined : place.scope.gitcommitid;
  if (!commit) return ask(atHead);
  const atCommit = { path: `${atHead.path}?gitCommitID=${encodeURIComponent(commit)}` };
  try {
    return await ask({ ...atCommit, mayRepeat: (fault) => fault.httpStatus !== 500 });
  } catch (error) {
    if (!isInternalError(error)) throw error;
    await listPage(api, place, { pageSize: "1" });
    return askPulled(resource, () => ask(atCommit));
  }
};

/** Keptn stores Helm charts unpacked in Git, and packs them on read, which works only at HEAD (common/files.go, ReadFile). */
const isHelmArchive = (path: string): boolean => /(^|\/)helm\/[^/]+\.tgz$/.test(path);

/** Keptn pulls only for requests without a commit and for lists. A commit missing from its clone is a 500 (common/git.go, GetFileRevision). */
const askPulled = async <T>({ place, path }: Resource, ask: () => Promise<T>): Promise<T> => {
  try {
    return await ask();
  } catch (error) {
    if (!isInternalError(error)) throw error;
    const { project, stage, gitcommitid } = place.scope;
    const where = `stage ${stage} of project ${project}`;
    throw new IoError(`Keptn cannot read ${path} at commit ${gitcommitid} of ${where}, only at HEAD.`, {
      retryable: false,
      httpStatus: 500,
      cause: error,
    });
  }
};

const isInternalError = (error: unknown): boolean => error instanceof IoError && error.httpStatus === 500;

/** Escaped twice: the gateway removes one level, resource-service the other (resource_manager.go, GetResource). */
const resourcePath = (place: Place, path: string): string =>
  `${pathOf(place)}/${encodeURIComponent(encodeURIComponent(path))}`;

const pathOf = ({ level, scope }: Place): string => {
  const stage = level === "project" ? "" : `/stage/${encodeURIComponent(scope.stage)}`;
  const service = level === "service" ? `/service/${encodeURIComponent(scope.service)}` : "";
  return `resource-service/v1/project/${encodeURIComponent(scope.project)}${stage}${service}/resource`;
};

/** Writes one file, in a commit of its own. @throws IoError */
export const putResource = async (api: KeptnApi, place: Place, path: string, content: Buffer): Promise<void> => {
  const resources = [{ resourceURI: path, resourceContent: content.toString("base64") }];
  await api.call({ method: "POST", path: pathOf(place), body: { resources }, shape: anything });
};

/** @throws IoError */
export const deleteResource = async (api: KeptnApi, place: Place, path: string): Promise<void> => {
  await api.call({ method: "DELETE", path: resourcePath(place, path), shape: anything, absent: gone });
};

const page = lateShape(() =>
  z.object({
    resources: z.array(z.object({ resourceURI: z.string() })).nullish(),
    nextPageKey: z.string().optional(),
  }),
);

/**
 * Keptn always lists HEAD, and omits names that contain `.git` (handler/pagination.go).
 * @returns names without a leading slash; empty if the level does not exist
 * @throws IoError
 */
export const listResources = async (api: KeptnApi, place: Place): Promise<string[]> => {
  const names: string[] = [];
  for (let nextPageKey: string | undefined; nextPageKey !== "0"; ) {
    const found = await listPage(api, place, { pageSize: "1000", ...(nextPageKey ? { nextPageKey } : {}) });
    names.push(...(found.resources ?? []).map(({ resourceURI }) => pathOfUri(resourceURI)));
    nextPageKey = found.nextPageKey || "0";
  }
  return names;
};

const listPage = (
  api: KeptnApi,
  place: Place,
  query: Readonly<Record<string, string>>,
): Promise<OutputOf<typeof page>> =>
  api.call({
    path: `${pathOf(place)}?${new URLSearchParams(query)}`,
    shape: page,
    absent: { messages: absent, value: {} },
  });
