// Reads the files of an event's service, stage and project from Keptn.
import type { Level } from "../core/files/file-choice.ts";
import type { Settings } from "../core/settings/settings.ts";
import { connectApi } from "./api.ts";
import { listResources, openResource, type Scope } from "./resources.ts";

export interface KeptnFiles {
  /** Names of all files of a level at HEAD, without a leading slash; empty if the level does not exist. @throws IoError */
  listFiles(level: Level): Promise<readonly string[]>;
  /**
   * The bytes of a file at the event's commit; at project level at HEAD, because the event has no commit of that branch.
   * @returns undefined if the file or the level does not exist
   * @throws IoError
   */
  openFile(level: Level, path: string): Promise<AsyncIterable<Uint8Array> | undefined>;
}

/** Separate from {@link Keptn}, because fetch-files needs only files. */
export const connectKeptnFiles = (settings: Settings, scope: Scope): KeptnFiles => {
  const api = connectApi(settings);
  return {
    listFiles: (level) => listResources(api, { level, scope }),
    openFile: (level, path) => openResource(api, { level, scope }, path),
  };
};
