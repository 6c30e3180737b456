// Keptn's control plane, in our terms.
import type { Settings } from "../core/settings/settings.ts";
import { connectApi, type KeptnApi } from "./api.ts";
import { getEventCounts, sendEvent } from "./events.ts";
import { getJobConfig } from "./job-config.ts";
import type { ConnectedKeptn, Keptn } from "./ports.ts";
import { getEvent, isOpen } from "./triggered.ts";
import { makeUniform, type Uniform } from "./uniform.ts";

/** @param settings with a KEPTN_API_ENDPOINT; no request is sent yet @throws IoError if KEPTN_CA_FILE cannot be read */
export const connectKeptn = (settings: Settings): ConnectedKeptn => {
  const api = connectApi(settings);
  return { ...keptnOf(api, makeUniform(api, settings)), preconnect: () => api.preconnect() };
};

const keptnOf = (api: KeptnApi, uniform: Uniform): Keptn => ({
  getJobConfig: (event) => getJobConfig(api, event),
  send: (event) => sendEvent(api, event),
  getEventCounts: (event, source) => getEventCounts(api, event, source),
  getEvent: (ref) => getEvent(api, ref),
  isOpen: (event) => isOpen(api, event),
  logError: (entry) => uniform.log(entry, api).catch(() => {}),
  register: () => uniform.register().catch(() => {}),
  within: (seconds) => keptnOf(api.within(seconds), uniform),
});
