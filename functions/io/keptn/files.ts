// The files of an event's service, stage and project, read from Keptn.
import type { Level } from "../../core/file-choice.ts";
import type { Settings } from "../../core/settings.ts";
import { connectApi, type KeptnApi } from "./api.ts";
import { listResources, openResource, type Scope } from "./resources.ts";

export interface KeptnFiles {
  /** Names of all files of a level at HEAD, without a leading slash; none when there is no such level. @throws IoError */
  listFiles(level: Level): Promise<readonly string[]>;
  /**
   * The bytes of a file: at the event's commit; at project level, whose commits the event does not know, at HEAD.
   * @returns undefined when there is no such file, or no such level
   * @throws IoError
   */
  openFile(level: Level, path: string): Promise<AsyncIterable<Uint8Array> | undefined>;
}

/** Without another connection's settings: fetch-files needs nothing of Keptn but this. */
export const connectKeptnFiles = (settings: Settings, scope: Scope): KeptnFiles =>
  keptnFilesOf(connectApi(settings), scope);

const keptnFilesOf = (api: KeptnApi, scope: Scope): KeptnFiles => ({
  listFiles: (level) => listResources(api, { level, scope }),
  openFile: (level, path) => openResource(api, { level, scope }, path),
});
