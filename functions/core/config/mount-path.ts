// Where in its container a task may have a volume.
import { filesFolder } from "../files.ts";
import { type Fault, quote } from "./scalars.ts";

/** Its token, and what clouds put beside it; `/var/run` is `/run` in most images. */
const tokenFolders = ["/var/run/secrets", "/run/secrets"];
/** The kernel's and the container runtime's; what a task writes as its result lies in /dev. */
const systemFolders = ["/proc", "/sys", "/dev"];
/** A bigger one is what browsers and databases ask for. */
const sharedMemory = "/dev/shm";

const mostCharacters = 512;

/** @returns the path as a volume is mounted there: no slash at the end */
export const withoutSlash = (path: string): string => path.replace(/\/+$/, "");

export const checkMountPath = (path: string): Fault | undefined => {
  const flaw = flawOf(path);
  return flaw === undefined ? undefined : { code: "bad-mount-path", message: `is ${quote(path)}, ${flaw}`, fix };
};

const fix = `Write a folder of the container that is the task's own, such as /cache; ${filesFolder} has \`volume\`.`;

/** Kubernetes takes no `..` and no `:` in it (core/v1 validation, ValidateVolumeMounts); blanks and the like help nobody. */
const flawOf = (path: string): string | undefined => {
  if (path.length > mostCharacters) return `which has more than ${mostCharacters} characters`;
  if (!path.startsWith("/")) return "which does not begin with /";
  const parts = withoutSlash(path).split("/").slice(1);
  if (parts.length === 0 || parts.some((part) => part === "" || part === "." || part === ".."))
    return "which is no plain path below /";
  if (/[:\s\\]|[^ -~]/.test(path)) return "which has a character that no mount takes";
  return overlapOf(withoutSlash(path));
};

const overlapOf = (path: string): string | undefined => {
  if (isWithin(path, filesFolder)) return `which is the folder of the task's files, ${filesFolder}`;
  const token = tokenFolders.find((folder) => isWithin(path, folder) || isWithin(folder, path));
  if (token) return `which overlaps ${token}, where the service account's token is`;
  const system = systemFolders.find((folder) => isWithin(path, folder));
  return system && path !== sharedMemory ? `which is in ${system}, the system's own folder` : undefined;
};

const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);
