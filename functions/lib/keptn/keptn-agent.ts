// Agent for Keptn and its OAuth server, with the same certificate authorities and proxies.
import { readFileSync } from "node:fs";
import type { Agent } from "node:http";
import type { Settings } from "../core/settings/settings.ts";
import { makeAgent } from "../http/agent.ts";
import { IoError } from "../io-error.ts";

/** @throws IoError if KEPTN_CA_FILE cannot be read */
export const makeKeptnAgent = (url: string, settings: Settings): Agent =>
  makeAgent({
    url,
    ...(settings.KEPTN_CA_FILE ? { ca: readAuthorities(settings.KEPTN_CA_FILE) } : {}),
    verifyTls: settings.HTTP_SSL_VERIFY,
    env: { HTTP_PROXY: settings.HTTP_PROXY, HTTPS_PROXY: settings.HTTPS_PROXY, NO_PROXY: settings.NO_PROXY },
  });

const readAuthorities = (file: string): Buffer => {
  try {
    return readFileSync(file);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new IoError(`KEPTN_CA_FILE=${file} cannot be read: ${why}.`, { retryable: false, cause });
  }
};
