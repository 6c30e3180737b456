// Writes a container's termination message, which Kubernetes copies to the pod's status.
import { writeFile } from "node:fs/promises";

/** terminationMessagePath's default. */
const terminationMessagePath = "/dev/termination-log";

/** The kubelet's limit (kubernetes pkg/kubelet/container/runtime.go, MaxContainerTerminationMessageLength). */
const limitBytes = 4096;

/** Never throws. Outside of a pod, the file does not exist, and is not created. */
export const writeTerminationMessage = async (text: string, path = terminationMessagePath): Promise<void> => {
  await writeFile(path, firstBytes(text), { flag: "r+" }).catch(() => undefined);
};

const firstBytes = (text: string): string => {
  const bytes = Buffer.from(text);
  if (bytes.length <= limitBytes) return text;
  const end = "…";
  const cut = bytes.subarray(0, limitBytes - Buffer.byteLength(end)).toString("utf8");
  return `${cut.replace(/\ufffd+$/, "")}${end}`;
};
