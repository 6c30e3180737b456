// Copies tasks' files from a folder, by the same rules as the cluster fetches them from Keptn.
import { fetchFiles } from "../../fetch-files/handler.ts";
import { openFilesFolder } from "../../lib/disk/files-folder.ts";
import { openTargetFolder } from "../../lib/disk/target-folder.ts";
import { IoError } from "../../lib/io-error.ts";
import type { FetchFiles } from "../local/run-container.ts";

/** @param from undefined: there is no folder, so tasks cannot have files */
export const fetchFrom =
  (from: string | undefined): FetchFiles =>
  (order, { folder, log }) =>
    fetchFiles(order, {
      connect: () => {
        if (from !== undefined) return openFilesFolder(from);
        throw new IoError("The folder with the tasks' files is unknown. Set it with --files.", { retryable: false });
      },
      openTarget: ({ executable }) => openTargetFolder(folder, executable),
      log,
    });
