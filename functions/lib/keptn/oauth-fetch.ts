// Requests to an OAuth server, with the same TLS and proxies as those to Keptn.
import type { Settings } from "../core/settings/settings.ts";
import { request } from "../http/http.ts";
import { IoError } from "../io-error.ts";
import { makeKeptnAgent } from "./keptn-agent.ts";

interface FetchOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: URLSearchParams | null | undefined;
}

export type OauthFetch = (url: string, options: FetchOptions) => Promise<Response>;

const maxBytes = 256 * 1024;

/** @throws IoError, never `outcomeUnknown`, because nothing was sent to Keptn yet */
export const makeOauthFetch =
  (settings: Settings): OauthFetch =>
  async (url, { method = "GET", headers = {}, body }) => {
    const agent = makeKeptnAgent(url, settings);
    try {
      const timeoutMs = settings.API_PROXY_HTTP_TIMEOUT * 1000;
      const response = await request({ agent, method, url, headers, body: body?.toString(), timeoutMs, maxBytes });
      return toResponse(response.status, response.headers["content-type"], response.body);
    } catch (error) {
      const { message, cause } = error as Error;
      throw new IoError(`The OAuth server: ${message}`, { retryable: true, cause });
    } finally {
      agent.destroy(); // used once per token
    }
  };

/** A Response must not have a body with these statuses. */
const bodyless = [101, 204, 205, 304];

const toResponse = (status: number, type: string | undefined, body: Buffer): Response =>
  new Response(bodyless.includes(status) ? null : new Uint8Array(body), {
    status,
    headers: { "content-type": type ?? "" },
  });
