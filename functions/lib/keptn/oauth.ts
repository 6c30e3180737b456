// Authenticates to Keptn with OAuth 2.0 client credentials: a short-lived token, renewed before it expires.
import type { TokenEndpointResponse } from "oauth4webapi";
import * as z from "zod";
import type { Settings } from "../core/settings/settings.ts";
import { IoError } from "../io-error.ts";
import { type AuthHeaders, type Credentials, readSecret } from "./credentials.ts";
import { makeOauthFetch, type OauthFetch } from "./oauth-fetch.ts";

/** A token in use. */
interface Held {
  readonly authHeaders: AuthHeaders;
  /** On `performance.now()`'s clock: when to request a new token, and when it expires. */
  readonly renewAtMs: number;
  readonly endsAtMs: number;
}

/** If the server does not send a lifetime (RFC 6749, section 5.1), Keptn's 401 shows when the token has expired. */
const unknownLifetimeSeconds = 300;

export const makeOauthCredentials = (settings: Settings): Credentials => {
  const fetchToken = makeTokenRequest(settings);
  let held: Held | undefined;
  let asking: Promise<Held> | undefined;
  /** One request at a time. */
  const renewed = async (): Promise<AuthHeaders> => {
    asking ??= fetchToken().finally(() => {
      asking = undefined;
    });
    held = await asking;
    return held.authHeaders;
  };
  return {
    get: async () => {
      const now = performance.now();
      if (held && now < held.renewAtMs) return held.authHeaders;
      if (!held || now >= held.endsAtMs) return renewed();
      const { authHeaders } = held;
      return renewed().catch(() => authHeaders); // still valid for a while
    },
    renew: async (refused) => {
      if (held && held.authHeaders !== refused) return true;
      await renewed();
      return true;
    },
  };
};

const makeTokenRequest = (settings: Settings): (() => Promise<Held>) => {
  const fetch = makeOauthFetch(settings);
  let endpoint = settings.OAUTH_TOKEN_URL;
  return async () => {
    const file = settings.OAUTH_CLIENT_SECRET_FILE;
    const secret = file ? await readSecret(file) : (settings.OAUTH_CLIENT_SECRET ?? "");
    endpoint ??= await discover(fetch, settings.OAUTH_DISCOVERY ?? "");
    const askedAtMs = performance.now();
    const { access_token, expires_in } = await requestToken(fetch, endpoint, { settings, secret });
    const lifetimeMs = (expires_in ?? unknownLifetimeSeconds) * 1000;
    return {
      authHeaders: { authorization: `Bearer ${access_token}` },
      renewAtMs: askedAtMs + lifetimeMs * 0.8,
      endsAtMs: askedAtMs + lifetimeMs,
    };
  };
};

const configuration = z.object({ token_endpoint: z.url() });

const discover = async (fetch: OauthFetch, url: string): Promise<string> => {
  const response = await fetch(url, { headers: { accept: "application/json" } });
  const { status } = response;
  const parsed = configuration.safeParse(status === 200 ? await response.json().catch(() => undefined) : undefined);
  if (parsed.success) return parsed.data.token_endpoint;
  const message = `The OpenID configuration at ${url} does not contain a token endpoint: status ${status}.`;
  throw new IoError(message, { retryable: true, httpStatus: status });
};

/** HTTP Basic first, as required by RFC 6749, section 2.3.1; some servers only read the body. */
const requestToken = async (
  fetch: OauthFetch,
  url: string,
  { settings, secret }: { readonly settings: Settings; readonly secret: string },
): Promise<TokenEndpointResponse> => {
  const oauth = await import("oauth4webapi");
  const server = { issuer: new URL(url).origin, token_endpoint: url };
  const client = { client_id: settings.OAUTH_CLIENT_ID ?? "" };
  const options = { [oauth.customFetch]: fetch, [oauth.allowInsecureRequests]: true };
  const scope = settings.OAUTH_SCOPES.join(" ");
  const parameters = scope ? { scope } : {};
  let status = 0;
  for (const makeAuth of [oauth.ClientSecretBasic, oauth.ClientSecretPost]) {
    const auth = makeAuth(secret);
    const response = await oauth.clientCredentialsGrantRequest(server, client, auth, parameters, options);
    status = response.status;
    if (status === 200)
      return oauth.processClientCredentialsResponse(server, client, response).catch(() => {
        throw refusal(url, "its response is not a token");
      });
    if (status !== 400 && status !== 401) break;
  }
  throw refusal(url, `it answered ${status}`, status === 400 ? 401 : status);
};

/** Omits the server's response, which may contain secrets. 401: the secret may be rotating. */
const refusal = (url: string, why: string, httpStatus?: number): IoError =>
  new IoError(`The OAuth server did not issue a token at ${url}: ${why}.`, { retryable: true, httpStatus });
