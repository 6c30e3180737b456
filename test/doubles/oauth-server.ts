// An OAuth server that gives tokens for client credentials, with faults a test can ask for.
import { createServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { text } from "node:stream/consumers";
import type { KeyPair } from "./certificates.ts";
import { startServer } from "./http-server.ts";

export interface OauthServer {
  readonly url: string;
  readonly discovery: string;
  /** What it accepts, and how. */
  secret: string;
  accepts: "basic" | "body";
  lifetimeSeconds: number;
  /** The discovery answers with this instead. */
  brokenDiscovery: { readonly status: number; readonly body: string } | undefined;
  /** The token endpoint answers with this instead. */
  brokenToken: { readonly status: number; readonly body: string } | undefined;
  /** Requests for tokens: the parameters and how the client proved itself. */
  readonly asked: { readonly scope: string | null; readonly by: "basic" | "body"; readonly granted: boolean }[];
  close(): Promise<void>;
}

/** @param onToken told of every token that is given */
export const startOauth = async (onToken: (token: string) => void, pair?: KeyPair): Promise<OauthServer> => {
  let given = 0;
  const grant = (): string => {
    const token = `access-${++given}-${process.pid}`;
    onToken(token);
    return JSON.stringify({ access_token: token, token_type: "Bearer", expires_in: oauth.lifetimeSeconds });
  };
  const decide = (authorization: string | undefined, form: URLSearchParams): { status: number; body: string } => {
    const [id, secret] = credentialsOf(authorization, form);
    const by = authorization ? "basic" : "body";
    const granted = by === oauth.accepts && id === "jes" && secret === oauth.secret;
    oauth.asked.push({ scope: form.get("scope"), by, granted });
    if (oauth.brokenToken) return oauth.brokenToken;
    if (form.get("grant_type") !== "client_credentials") return { status: 400, body: '{"error":"invalid_request"}' };
    return granted ? { status: 200, body: grant() } : { status: 401, body: '{"error":"invalid_client"}' };
  };
  const server = await startServer(
    async (incoming, answer) => {
      const isDiscovery = incoming.url?.endsWith("/openid-configuration");
      const found = { status: 200, body: JSON.stringify({ issuer: oauth.url, token_endpoint: `${oauth.url}/token` }) };
      const { status, body } = isDiscovery
        ? (oauth.brokenDiscovery ?? found)
        : decide(incoming.headers.authorization, new URLSearchParams(await text(incoming)));
      const challenge = status === 401 ? { "www-authenticate": 'Basic realm="test"' } : {};
      answer.writeHead(status, { "content-type": "application/json", ...challenge }).end(body);
    },
    pair ? createHttpsServer(pair) : createServer(),
  );
  const oauth: OauthServer = {
    ...{ url: server.url, discovery: `${server.url}/realm/.well-known/openid-configuration`, close: server.close },
    ...{ secret: "s3cret/+ä", accepts: "basic", lifetimeSeconds: 300, asked: [] },
    ...{ brokenDiscovery: undefined, brokenToken: undefined },
  };
  return oauth;
};

/** RFC 6749, section 2.3.1: in Basic, both parts are form-encoded first. */
const credentialsOf = (authorization: string | undefined, form: URLSearchParams): (string | null)[] => {
  if (!authorization) return [form.get("client_id"), form.get("client_secret")];
  const parts = Buffer.from(authorization.replace(/^Basic /, ""), "base64")
    .toString()
    .split(":");
  return parts.map((part) => decodeURIComponent(part.replaceAll("+", " ")));
};
