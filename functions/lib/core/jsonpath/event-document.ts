// The document that JSONPaths of a config are evaluated on: JES's view of an event (eventmapper.go).
import type { KeptnEvent } from "../event/keptn-event.ts";

export const eventDocumentOf = (event: KeptnEvent): Readonly<Record<string, unknown>> => ({
  id: event.id,
  shkeptncontext: event.shkeptncontext,
  time: event.time ?? "",
  source: event.source,
  data: event.data,
  specversion: event.specversion ?? "1.0",
  type: event.type,
  gitcommitid: event.gitcommitid ?? "",
});
