// Keptn's registry of integrations and its error log: uniformintegrationhandler.go and loghandler.go of shipyard-controller.
import { createHash, randomUUID } from "node:crypto";
import { isMap, type Json } from "./merge.ts";
import { type Asked, json, noRoute, parseBody, type Reply, refuse } from "./reply.ts";

export interface Uniform {
  readonly integrations: ReadonlyMap<string, Json>;
  readonly errorLog: readonly Json[];
  /** @param path what follows `uniform/registration` */
  serve(asked: Asked, path: readonly string[]): Reply;
  serveLog(asked: Asked): Reply;
}

export const makeUniform = (): Uniform => {
  const integrations = new Map<string, Json>();
  const errorLog: Json[] = [];
  return {
    ...{ integrations, errorLog },
    serve: (asked, [id, verb, subscription]) => {
      if (asked.method === "POST" && !id) return register(asked, integrations);
      if (id && verb === "subscription") return subscribe(asked, integrations.get(id), subscription);
      if (asked.method === "DELETE" && id) return json({}, integrations.delete(id) ? 200 : 404);
      if (asked.method === "PUT" && verb === "ping") return ping(integrations.get(id ?? ""));
      return asked.method === "GET" ? list(asked, integrations) : noRoute;
    },
    serveLog: (asked) => {
      if (asked.method === "GET") return listLog(asked, errorLog);
      const logs = parseBody(asked)?.["logs"];
      if (!Array.isArray(logs) || logs.length === 0) {
        return refuse(500, "must provide at least one element in input slice");
      }
      errorLog.push(...logs);
      return json({});
    },
  };
};

/** One of the same name and namespace is refreshed: its subscriptions stay as the Bridge's users changed them. */
const register = (asked: Asked, integrations: Map<string, Json>): Reply => {
  const given = parseBody(asked) ?? {};
  const [name, namespace, hostname] = [given["name"], namespaceOf(given), nested(given, "metadata", "hostname")];
  const known = [...integrations].find(([, it]) => it["name"] === name && namespaceOf(it) === namespace);
  if (known) return json({ id: known[0] });
  if (!name || !namespace || !hostname) return refuse(400, "incomplete integration ID");
  const id = createHash("sha1").update(`${name}-${namespace}-${hostname}`).digest("hex");
  const subscriptions = ((given["subscriptions"] ?? []) as Json[]).map((it) => ({ ...it, id: randomUUID() }));
  integrations.set(id, { ...given, id, subscriptions });
  return json({ id }, 201);
};

/** 404 when the registration expired or never was. */
const ping = (integration: Json | undefined): Reply =>
  integration ? json(integration) : refuse(404, "uniform integration not found");

/** What users do in Keptn's Bridge. */
const subscribe = (asked: Asked, integration: Json | undefined, subscription: string | undefined): Reply => {
  if (!integration) return refuse(404, "uniform integration not found");
  const subscriptions = integration["subscriptions"] as Json[];
  if (asked.method === "POST" && !subscription) {
    const id = randomUUID();
    subscriptions.push({ ...parseBody(asked), id });
    return json({ id }, 201);
  }
  const index = subscriptions.findIndex(({ id }) => id === subscription);
  if (asked.method !== "DELETE" || index < 0) return noRoute;
  subscriptions.splice(index, 1);
  return json({});
};

const list = ({ query }: Asked, integrations: ReadonlyMap<string, Json>): Reply =>
  json([...integrations.values()].filter((it) => !query.get("name") || query.get("name") === it["name"]));

const listLog = ({ query }: Asked, entries: readonly Json[]): Reply => {
  const id = query.get("integrationId");
  return json({ logs: entries.filter((entry) => !id || entry["integrationid"] === id) });
};

const namespaceOf = (integration: Json): unknown => nested(integration, "metadata", "kubernetesmetadata", "namespace");

const nested = (value: unknown, ...names: readonly string[]): unknown =>
  names.reduce<unknown>((inner, name) => (isMap(inner) ? inner[name] : undefined), value);
