// Keptn's control plane without its HTTP: what it hears of events, publishes and stores.
import { randomUUID } from "node:crypto";
import { makeProjects, type Projects } from "./projects.ts";
import { makeShipyard, type Shipyard, type StoredEvent } from "./shipyard.ts";
import { makeUniform, type Uniform } from "./uniform.ts";

export interface ControlPlane {
  readonly shipyard: Shipyard;
  readonly projects: Projects;
  readonly uniform: Uniform;
  /** What Keptn published by itself, oldest first. */
  readonly published: StoredEvent[];
  /** What was sent to it. */
  readonly received: StoredEvent[];
  /** Both, and what other services published: its datastore. */
  readonly stored: StoredEvent[];
  /** From `POST v1/event` by way of NATS. */
  receive(event: StoredEvent): void;
  /** What another service puts on NATS: stored, and no more. */
  storeForeign(event: StoredEvent): void;
  /** Until `release`, what is received is not heard yet, as when Keptn is slow. */
  hold(): void;
  release(): void;
  stop(): void;
}

export interface ControlPlaneOptions {
  /** How long the answers to a task of a started sequence are dropped: 15 ms on a real Keptn. */
  readonly listenAfterMs: number;
  /** Called for everything that is on NATS. */
  readonly onNats: (event: StoredEvent) => void;
}

export const makeControlPlane = ({ listenAfterMs, onNats }: ControlPlaneOptions): ControlPlane => {
  const lists = { published: [] as StoredEvent[], received: [] as StoredEvent[], stored: [] as StoredEvent[] };
  const store = (event: StoredEvent) => {
    lists.stored.push(event);
    onNats(event);
  };
  const publish = (event: StoredEvent) => {
    lists.published.push(event);
    store(event);
  };
  const shipyard = makeShipyard({ newId: randomUUID, now: () => new Date().toISOString(), publish });
  const projects = makeProjects();
  const timers = new Set<NodeJS.Timeout>();
  const onTask = (eventId: string) => timers.add(setTimeout(() => shipyard.listen(eventId), listenAfterMs));
  const hear = (event: StoredEvent) => {
    const sequence = sequenceOf(event, projects);
    if (sequence) shipyard.start({ ...sequence, onTask });
    else shipyard.hear(event);
  };
  let held: StoredEvent[] | undefined;
  return {
    ...{ shipyard, projects, uniform: makeUniform(), ...lists },
    receive: (event) => {
      lists.received.push(event);
      store(event);
      if (held) held.push(event);
      else hear(event);
    },
    storeForeign: store,
    hold: () => {
      held ??= [];
    },
    release: () => {
      const waiting = held ?? [];
      held = undefined;
      for (const event of waiting) hear(event);
    },
    stop: () => {
      for (const timer of timers) clearTimeout(timer);
    },
  };
};

/** A sequence's own triggered event, of six parts, starts it (shipyardcontroller.go, handleSequenceTriggered). */
const sequenceOf = (event: StoredEvent, projects: Projects) => {
  const [, stage, name] = /^sh\.keptn\.event\.([^.]+)\.([^.]+)\.triggered$/.exec(event.type) ?? [];
  const [project, service] = [String(event.data["project"]), String(event.data["service"])];
  const tasks = stage && name && projects.sequence(project, `${stage}.${name}`);
  if (!stage || !name || !tasks) return undefined;
  const gitcommitid = event.gitcommitid || projects.repository(project).head(stage)?.id || "";
  const scope = { project, stage, service, keptnContext: event.shkeptncontext, triggeredId: event.id, gitcommitid };
  return { name, scope, tasks, data: event.data };
};
