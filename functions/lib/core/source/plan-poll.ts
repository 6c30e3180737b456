// Plans the requests to Keptn's API that find all open events of our subscriptions.
import type { Project } from "./project.ts";
import { covers, isPattern } from "./subject.ts";
import { includes, type Subscription } from "./subscription.ts";

export interface PollPlan {
  readonly listings: readonly Listing[];
  readonly searches: readonly Search[];
}

/** One type of `controlPlane/v1/event/triggered/{type}`, narrowed to a project, stage or service if all its subscriptions have the same one. */
export interface Listing {
  readonly type: string;
  readonly project?: string;
  readonly stage?: string;
  readonly service?: string;
}

/** One type in one project of Keptn's datastore, for events that Keptn does not list as open because it did not trigger them. */
export interface Search {
  readonly type: string;
  readonly project: string;
}

/** Sent by Lighthouse for each evaluation. The only task event of Keptn's own services that shipyard-controller does not know. */
export const sentByOthers = "sh.keptn.event.get-sli.triggered";

export const planPoll = (subscriptions: readonly Subscription[], projects: readonly Project[]): PollPlan => {
  const types = new Set(subscriptions.flatMap((subscription) => typesIn(subscription, projects)));
  const known = new Set(projects.flatMap((project) => project.types));
  const listed = [...types].filter((type) => type !== sentByOthers || known.has(type));
  return {
    listings: listed.sort().map((type) => ({ type, ...narrowingOf(type, subscriptions) })),
    searches: projects
      .filter(({ name }) => mayBring(name, subscriptions))
      .map(({ name }) => ({ type: sentByOthers, project: name })),
  };
};

/** Keptn lists open events by exact type, so patterns are expanded to the types of the projects' shipyard files. */
const typesIn = ({ event, filter }: Subscription, projects: readonly Project[]): readonly string[] => {
  if (!isPattern(event)) return isListed(event) ? [event] : [];
  return projects
    .filter(({ name }) => includes(filter.projects, name))
    .flatMap(({ types }) => types.filter((type) => covers(event, type)));
};

/** Only `.triggered` events can be open: `.started` and `.finished` come only by NATS. */
export const isListed = (event: string): boolean => /\.(triggered|\*|>)$/.test(event);

const narrowingOf = (type: string, subscriptions: readonly Subscription[]): Omit<Listing, "type"> => {
  const filters = subscriptions.filter(({ event }) => covers(event, type)).map(({ filter }) => filter);
  const project = onlyOf(filters.map(({ projects }) => projects));
  const stage = onlyOf(filters.map(({ stages }) => stages));
  const service = onlyOf(filters.map(({ services }) => services));
  return { ...(project && { project }), ...(stage && { stage }), ...(service && { service }) };
};

/** The name that all lists have in common, if they have no other. */
const onlyOf = (lists: readonly (readonly string[])[]): string | undefined => {
  const names = new Set(lists.flat());
  return lists.every((list) => list.length > 0) && names.size === 1 ? [...names][0] : undefined;
};

const mayBring = (project: string, subscriptions: readonly Subscription[]): boolean =>
  subscriptions.some(({ event, filter }) => covers(event, sentByOthers) && includes(filter.projects, project));
