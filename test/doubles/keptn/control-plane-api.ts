// The HTTP side of shipyard-controller (internal/handler/*) and of mongodb-datastore (handlers/events.go).
import { parse } from "yaml";
import type { ControlPlane } from "./control-plane.ts";
import type { Json } from "./merge.ts";
import type { Sequences } from "./projects.ts";
import { type Asked, json, noRoute, paginate, parseBody, type Reply, refuse } from "./reply.ts";
import type { TaskDefinition } from "./sequence.ts";
import type { StoredEvent } from "./shipyard.ts";

/** @param path what follows `controlPlane/v1` */
export const serveControlPlane = (asked: Asked, path: readonly string[], plane: ControlPlane): Reply => {
  const [first, second, third] = path;
  const route = `${asked.method} ${first}`;
  if (route === "GET sequence-execution") return listExecutions(asked.query, plane);
  if (route === "GET event" && second === "triggered") return listTriggered(asked.query, third ?? "", plane);
  if (first === "log") return plane.uniform.serveLog(asked);
  if (first === "uniform" && second === "registration") return plane.uniform.serve(asked, path.slice(2));
  if (first === "sequence") return serveSequence(asked, path.slice(1), plane);
  return first === "project" ? serveProjects(asked, path.slice(1), plane) : noRoute;
};

/** sequenceexecutionhandler.go: without a page size, all. The next page's key is a number here, and left out on the last. */
const listExecutions = (query: URLSearchParams, { shipyard, projects }: ControlPlane): Reply => {
  const project = query.get("project");
  if (!project) return refuse(400, "Invalid request format: project name must not be empty");
  if (!projects.has(project)) return refuse(404, "project not found");
  const context = query.get("keptnContext");
  const all = shipyard.executions().filter(({ scope }) => scope.project === project && scope.keptnContext === context);
  const { part, nextPageKey } = paginate(
    all.toReversed(),
    new URLSearchParams({ pageSize: "1000", ...Object.fromEntries(query) }),
  );
  const next = nextPageKey === "0" ? {} : { nextPageKey: Number(nextPageKey) };
  return json({ ...next, pageSize: part.length, totalCount: all.length, sequenceExecutions: part });
};

/** eventhandler.go, GetTriggeredEvents: the type must be exact. */
const listTriggered = (query: URLSearchParams, type: string, { shipyard, projects }: ControlPlane): Reply => {
  const project = query.get("project");
  if (project && !projects.has(project)) return refuse(404, "project not found");
  const fits = (event: StoredEvent) =>
    event.type === type &&
    ["project", "stage", "service"].every((name) => !query.get(name) || query.get(name) === event.data[name]) &&
    (!query.get("eventID") || query.get("eventID") === event.id);
  const all = shipyard.openEvents().filter(fits).toReversed();
  const { part, nextPageKey } = paginate(all, query);
  return json({ events: part, nextPageKey, totalCount: all.length });
};

/** statehandler.go and sequencecontrolhandler.go. */
const serveSequence = (asked: Asked, [, context, verb]: readonly string[], { shipyard }: ControlPlane): Reply => {
  if (asked.method !== "POST" || verb !== "control" || !context) return noRoute;
  if (parseBody(asked)?.["state"] !== "abort") return refuse(400, "only abort is kept here");
  shipyard.abort(context);
  return json({});
};

/** projecthandler.go and servicehandler.go, as much as a test needs. */
const serveProjects = (asked: Asked, [name, kind]: readonly string[], plane: ControlPlane): Reply => {
  if (asked.method === "GET" && name === undefined) return listProjects(asked.query, plane);
  const body = parseBody(asked) ?? {};
  if (asked.method === "POST" && name === undefined) {
    const shipyard = Buffer.from(String(body["shipyard"]), "base64").toString("utf8");
    plane.projects.create(String(body["name"]), shipyard, sequencesOf(parse(shipyard)));
    return json({}, 201);
  }
  if (asked.method === "POST" && name && kind === "service") {
    plane.projects.createService(name, String(body["serviceName"]));
    return json({});
  }
  if (asked.method !== "DELETE" || !name) return noRoute;
  plane.projects.delete(name);
  return json({});
};

const listProjects = (query: URLSearchParams, { projects }: ControlPlane): Reply => {
  const all = projects.list().map(({ name, shipyard }) => ({ projectName: name, shipyard, stages: [] }));
  const { part, nextPageKey } = paginate(all, query);
  return json({ nextPageKey, projects: part, totalCount: all.length });
};

interface ShipyardFile {
  readonly spec: {
    readonly stages: readonly {
      readonly name: string;
      readonly sequences: readonly { readonly name: string; readonly tasks: readonly TaskDefinition[] }[];
    }[];
  };
}

const sequencesOf = ({ spec }: ShipyardFile): Sequences =>
  new Map(spec.stages.flatMap((stage) => stage.sequences.map((it) => [`${stage.name}.${it.name}`, it.tasks] as const)));

/** Everything that was on NATS; shipyard's own events carry what a distributor would have added. */
export const listStored = (query: URLSearchParams, stored: readonly StoredEvent[]): Reply => {
  const fits = (event: StoredEvent) =>
    is(query.get("keptnContext"), event.shkeptncontext) &&
    is(query.get("project"), event.data["project"]) &&
    is(query.get("type"), event.type) &&
    is(query.get("source"), event.source) &&
    is(query.get("eventID"), event.id) &&
    event.time > (query.get("fromTime") ?? "");
  const all = stored.filter(fits).toReversed();
  const { part, nextPageKey } = paginate(all, query);
  const events = part.map((event) => ({ ...event, data: { ...event.data, temporaryData } }));
  return json({ events, pageSize: 20, ...(nextPageKey === "0" ? {} : { nextPageKey }), totalCount: all.length });
};

const temporaryData: Json = { distributor: { subscriptionID: "" } };

const is = (wanted: string | null, value: unknown): boolean => !wanted || wanted === value;
