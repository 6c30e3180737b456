// Connections to Keptn and to its OAuth server: the same certificate authorities, the same proxies.
import { readFileSync } from "node:fs";
import type { Agent } from "node:http";
import type { Settings } from "../../core/settings.ts";
import { makeAgent } from "../http-agent.ts";

/** @throws Error when KEPTN_CA_FILE cannot be read */
export const makeKeptnAgent = (url: string, settings: Settings): Agent =>
  makeAgent({
    url,
    ...(settings.KEPTN_CA_FILE ? { ca: readFileSync(settings.KEPTN_CA_FILE) } : {}),
    verifyTls: settings.HTTP_SSL_VERIFY,
    env: { HTTP_PROXY: settings.HTTP_PROXY, HTTPS_PROXY: settings.HTTPS_PROXY, NO_PROXY: settings.NO_PROXY },
  });
