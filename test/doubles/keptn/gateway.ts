// Keptn's gateway, api-gateway-nginx, and what is behind it: installer/manifests/keptn/templates/api-gateway-nginx.yaml.
import type { ControlPlane } from "./control-plane.ts";
import { listStored, serveControlPlane } from "./control-plane-api.ts";
import { postEvent } from "./event-api.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import { type Asked, page, type Reply, refuse } from "./reply.ts";
import { serveResources } from "./resource-api.ts";

export interface Backend {
  readonly token: () => string;
  /** An OAuth token that is good now, if this Keptn takes any. */
  readonly bearer: () => string | undefined;
  readonly limiter: RateLimiter;
  readonly plane: ControlPlane;
}

/** clientMaxBodySize of the chart. */
const maxBodyBytes = 5 * 1024 * 1024;

export const serve = (asked: Asked, backend: Backend): Reply => {
  if (asked.body.length > maxBodyBytes) return page(413, "Request Entity Too Large");
  const [first, second, ...rest] = asked.path;
  if (first === "v1" && second === "event") return serveEvent(asked, backend);
  const [service, version] = [first, second];
  if (isDenied(asked.path)) return page(403, "Forbidden");
  const refused = authenticate(asked, backend);
  if (refused) return refused;
  if (service === "controlPlane" && version === "v1") return serveControlPlane(asked, rest, backend.plane);
  if (service === "resource-service" && version === "v1") {
    return serveResources(asked, rest.slice(1), backend.plane.projects);
  }
  if (service === "mongodb-datastore" && version === "event") return listStored(asked.query, backend.plane.stored);
  return refuse(404, `path /${asked.path.join("/")} was not found`);
};

/** api-service itself looks at the token, without a limit. */
const serveEvent = (asked: Asked, backend: Backend): Reply => {
  if (!isRight(asked, backend)) return refuse(401, "incorrect api key auth");
  if (asked.method !== "POST") return refuse(405, `method ${asked.method} is not allowed, but [POST] are`);
  const type = asked.headers["content-type"] ?? "";
  if (!/^application\/(cloudevents\+)?json/.test(type)) return refuse(415, `unsupported media type "${type}"`);
  return postEvent(asked, backend.plane.receive);
};

/** resource-service's own management of projects, stages and services is for the inside only. */
const isDenied = ([first, , ...rest]: readonly string[]): boolean =>
  first === "resource-service" && rest[0] === "project" && !rest.includes("resource");

/** auth_request: a limited or failing auth service becomes a 500, and that a 429. nginx sends both bodies as text. */
const authenticate = (asked: Asked, { limiter, ...backend }: Backend): Reply | undefined => {
  const right = isRight(asked, backend);
  const address = asked.headers["x-forwarded-for"]?.split(",")[0] ?? "127.0.0.1";
  if (!limiter.allow(address, right)) return asText(refuse(429, "too many requests"));
  return right ? undefined : asText(refuse(401, "unauthenticated or invalid credentials"));
};

const asText = (reply: Reply): Reply => ({ ...reply, type: "text/plain" });

const isRight = ({ headers }: Asked, { token, bearer }: Pick<Backend, "token" | "bearer">): boolean => {
  const good = bearer();
  return headers["x-token"] === token() || (good !== undefined && headers["authorization"] === `Bearer ${good}`);
};
