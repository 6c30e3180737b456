// Gives tasks their files from a folder, by the rules by which the cluster takes them from Keptn.
import { fetchFiles } from "../../fetch-files/handler.ts";
import { openFilesFolder } from "../../io/disk/files-folder.ts";
import { openTargetFolder } from "../../io/disk/target-folder.ts";
import { IoError } from "../../io/io-error.ts";
import type { FetchFiles } from "../../io/local/run-container.ts";

/** @param from undefined: there is no such folder, and no task may ask for files */
export const fetchFrom =
  (from: string | undefined): FetchFiles =>
  (order, { folder, log }) =>
    fetchFiles(order, {
      connect: () => {
        if (from !== undefined) return openFilesFolder(from);
        throw new IoError("Say with --files in which folder they are.", { retryable: false });
      },
      openTarget: ({ executable }) => openTargetFolder(folder, executable),
      log,
    });
