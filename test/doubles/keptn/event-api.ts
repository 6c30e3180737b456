// Keptn's `POST v1/event`: api/handlers/event.go and the checks that its Swagger model makes.
import { createHash, randomUUID } from "node:crypto";
import { isMap } from "./merge.ts";
import { type Asked, json, parseBody, type Reply, refuse } from "./reply.ts";
import type { StoredEvent } from "./shipyard.ts";

/** nats-server's default. */
const natsMaxBytes = 1024 * 1024;

/** @param publish to NATS, with id and time set */
export const postEvent = (asked: Asked, publish: (event: StoredEvent) => void): Reply => {
  const given = parseBody(asked);
  if (!isMap(given)) return refuse(400, `parsing body body from "" failed, because it is no JSON object`);
  const missing = ["data", "source", "type"].find((name) => given[name] === undefined || given[name] === "");
  if (missing) return json({ code: 602, message: `${missing} in body is required` }, 422);
  if (asked.body.length > natsMaxBytes) {
    return refuse(500, "could not publish message to NATS: nats: maximum payload exceeded");
  }
  const { shkeptnspecversion: _, ...kept } = given;
  const shkeptncontext = contextOf(given["shkeptncontext"]);
  const always = {
    id: randomUUID(),
    time: new Date().toISOString(),
    specversion: "1.0",
    contenttype: "application/json",
  };
  publish({ ...kept, ...always, shkeptncontext } as unknown as StoredEvent);
  return json({ keptnContext: shkeptncontext });
};

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A context that is no UUID is turned into one, always the same (createOrApplyKeptnContext). */
const contextOf = (given: unknown): string => {
  if (typeof given !== "string" || given === "") return randomUUID();
  if (uuid.test(given)) return given;
  const hex = createHash("md5").update(given.slice(0, 16)).digest("hex");
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-4$3-8$4-$5");
};
