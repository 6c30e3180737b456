// The life of one event: Keptn triggers it, its config may change, and people disturb it.
import type { KeptnEvent } from "../../functions/lib/core/event/keptn-event.ts";
import type { StartEventHooks } from "./deliveries.ts";
import { type EventFacts, newLife, type RunFacts } from "./facts.ts";
import { disturb } from "./people.ts";
import { configOf, runsOf, type ScenarioAction, type ScenarioEvent } from "./scenario.ts";
import type { World } from "./world.ts";

export const beginEvent = (world: World, event: ScenarioEvent): void => {
  const { chance, scheduler, keptn, checks, configs, deliveries, tell } = world;
  const { name, counted, broken } = event;
  const spot = chance.at(name);
  scheduler.after(event.atMs, () => {
    const listensAfterMs = spot.mishap("startedTooEarly") ? spot.roll("listens") * 2000 : 0;
    const triggered = keptn.trigger(name, { counted, listensAfterMs });
    const facts = factsOf(event, triggered.id, scheduler.now());
    checks.know(facts);
    const level = event.change ? "project" : "service"; // a project's config is read at HEAD
    configs.set(triggered.id, { text: configOf({ ...event, broken, plan: 0 }), level });
    tell(() => `Keptn triggers ${name}: ${describeActions(event.actions)}`);
    const thin = spot.mishap("startEventThin");
    const { id, type, source } = triggered;
    const sent = thin ? { id, type, source, data: { project: "p" } } : triggered;
    deliveries.startEvent(name, sent, hooksOf(world, facts));
    changeConfig(world, event, { facts, triggered });
    disturb(world, facts, triggered);
  });
};

/** A project's config is not read at the event's commit. An open event is sent again after a restart of keptn-source. */
const changeConfig = (
  world: World,
  { name, change, broken }: ScenarioEvent,
  { facts, triggered }: { readonly facts: EventFacts; readonly triggered: KeptnEvent },
): void => {
  const { scheduler, configs, deliveries, tell } = world;
  if (!change) return;
  const { kind, actions, afterMs, againMs } = change;
  scheduler.after(afterMs, () => {
    facts.unplanned = kind === "broken" || actions.length === 0;
    configs.set(triggered.id, {
      text: configOf({ actions, broken: broken || kind === "broken", plan: 1 }),
      level: "project",
    });
    tell(() => `somebody changes the config of ${name} (${kind}): ${describeActions(actions)}`);
    scheduler.after(againMs, () => deliveries.startEvent(`${name} anew`, triggered, hooksOf(world, facts)));
  });
};

const hooksOf = ({ scheduler }: World, facts: EventFacts): StartEventHooks => ({
  onAccepted: (why) => {
    // VERIFY_EVENTS: the event was reported before its redelivery, perhaps because its silent action was incomplete.
    const isIgnored = why.includes("no open event") || why.startsWith("no action matches");
    if (!isIgnored) facts.acceptedMs ??= scheduler.now();
  },
  onForbidden: (operation) => {
    facts.disturbed = true;
    // Nobody knows then whose event it is.
    if (["get job config", "get event", "is open"].includes(operation)) facts.refused = true;
  },
});

const describeActions = (actions: readonly ScenarioAction[]): string =>
  actions.map(describeAction).join(" and ") || "nothing";

const describeAction = ({ fates, silent, order }: ScenarioAction): string =>
  `${fates.length} ${silent ? "silent " : ""}tasks${order ? ` ${JSON.stringify(order.graph)}` : ""}`;

const factsOf = (event: ScenarioEvent, eventId: string, triggeredMs: number): EventFacts => {
  const { name, counted, broken, actions, change } = event;
  const [plans, runs]: [(readonly RunFacts[])[], RunFacts[]] = [[], []];
  const facts: EventFacts = {
    ...{ name, eventId, counted, broken, triggeredMs, plans, runs },
    ...{ aborted: false, disturbed: broken, refused: false, unplanned: false, answeredWhole: false },
  };
  facts.runs = runsFacts(facts, actions);
  plans.push(facts.runs, ...(change ? [runsFacts(facts, change.actions)] : []));
  return facts;
};

const runsFacts = (event: EventFacts, actions: readonly ScenarioAction[]): readonly RunFacts[] => {
  const first = actions.findIndex(({ silent }) => !silent);
  return [...runsOf(actions, event.eventId)].map(([id, action], index): RunFacts => {
    const source = index === first ? "job-executor-service" : `job-executor-service#${index + 1}`;
    const none = {
      started: 0,
      startedCounted: 0,
      finished: 0,
      looks: 0,
      passed: false,
      leaseRemoved: false,
      vanished: false,
    };
    return { id, event, action, source, life: newLife(1), ...none, unseen: false, created: 0 };
  });
};
