// Finds the job config of an event: at service, stage or project level, in this order.
import type { KeptnEvent } from "../core/event/keptn-event.ts";
import { levels } from "../core/files/file-choice.ts";
import { decodeText } from "../core/text/decode-text.ts";
import type { KeptnApi } from "./api.ts";
import type { JobConfigFile } from "./ports.ts";
import { getResource } from "./resources.ts";

/** Limit of Keptn's response: a job config of 1 MiB, the maximum, has 1.4 MiB in base64. */
const maxBytes = 2 * 1024 * 1024;

/** The same order as in JES (pkg/config/reader.go); only "not found" leads to the next level, other errors do not. */
export const getJobConfig = async (api: KeptnApi, event: KeptnEvent): Promise<JobConfigFile | undefined> => {
  const { project, stage, service } = event.data;
  const scope = { project, stage, service, gitcommitid: event.gitcommitid };
  for (const level of levels) {
    const bytes = await getResource(api, { level, scope }, "job/config.yaml", { maxBytes });
    if (bytes) return { text: decodeText(bytes), level };
  }
  return undefined;
};
