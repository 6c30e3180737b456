// Paths where a task may mount volumes.
import { filesFolder } from "../files/fetch-order.ts";
import { type Fault, quote } from "../yaml/scalars.ts";

/** The service account's token and clouds' credentials; `/var/run` is `/run` in most images. */
const tokenFolders = ["/var/run/secrets", "/run/secrets"];
/** Folders of the kernel and the container runtime; a task's result file is in /dev. */
const systemFolders = ["/proc", "/sys", "/dev"];
/** Browsers and databases need a larger one. */
const sharedMemory = "/dev/shm";

const mostCharacters = 512;

/** @returns the path without trailing slashes */
export const withoutSlash = (path: string): string => path.replace(/\/+$/, "");

export const checkMountPath = (path: string): Fault | undefined => {
  const flaw = flawOf(path);
  return flaw === undefined ? undefined : { code: "bad-mount-path", message: `is ${quote(path)}, ${flaw}`, fix };
};

const fix = `Use a folder of the task's own, such as /cache; \`volume\` sets the size of ${filesFolder}.`;

/** Kubernetes refuses `..` and `:` (core/v1 validation, ValidateVolumeMounts). We also refuse spaces and similar characters. */
const flawOf = (path: string): string | undefined => {
  if (path.length > mostCharacters) return `which is longer than ${mostCharacters} characters`;
  if (!path.startsWith("/")) return "which does not begin with /";
  const parts = withoutSlash(path).split("/").slice(1);
  if (parts.length === 0 || parts.some((part) => part === "" || part === "." || part === ".."))
    return "which is not a plain path below /";
  if (/[:\s\\]|[^ -~]/.test(path)) return "which has a character that is not allowed in mount paths";
  return overlapOf(withoutSlash(path));
};

const overlapOf = (path: string): string | undefined => {
  if (isWithin(path, filesFolder)) return `which is the folder of the task's files, ${filesFolder}`;
  const token = tokenFolders.find((folder) => isWithin(path, folder) || isWithin(folder, path));
  if (token) return `which overlaps ${token}, where the service account's token is`;
  const system = systemFolders.find((folder) => isWithin(path, folder));
  return system && path !== sharedMemory ? `which is in the system folder ${system}` : undefined;
};

const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);
