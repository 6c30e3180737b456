// The selection to connect: a project, or one of its stages or services, and the events.
import { isSubject } from "../source/subject.ts";
import type { SubscriptionFilter } from "../source/subscription.ts";

export interface Selection {
  readonly project: string;
  readonly stage?: string;
  readonly service?: string;
}

/** A subscription in Keptn's registration of webhook-service. */
export interface WebhookSubscription {
  readonly id: string;
  readonly event: string;
  readonly filter: SubscriptionFilter;
}

export const everyTask = "sh.keptn.event.*.triggered";

/** @param given `test`, or a full type @returns undefined if it is not a Keptn event type */
export const eventTypeOf = (given: string): string | undefined => {
  const type = /^[\w-]+$/.test(given) ? `sh.keptn.event.${given}.triggered` : given;
  return type.startsWith("sh.keptn.event.") && isSubject(type) && !type.includes(">") ? type : undefined;
};

export const filterOf = ({ project, stage, service }: Selection): SubscriptionFilter => ({
  projects: [project],
  stages: stage === undefined ? [] : [stage],
  services: service === undefined ? [] : [service],
});

/** @returns undefined if the filter does not correspond to a selection */
export const selectionOf = ({ projects, stages, services }: SubscriptionFilter): Selection | undefined => {
  const [project] = projects;
  if (project === undefined || [projects, stages, services].some(({ length }) => length > 1)) return undefined;
  const [[stage], [service]] = [stages, services];
  return { project, ...(stage === undefined ? {} : { stage }), ...(service === undefined ? {} : { service }) };
};

export const isSameSelection = (one: Selection, other: Selection): boolean =>
  one.project === other.project && one.stage === other.stage && one.service === other.service;

export const describeSelection = ({ project, stage, service }: Selection): string =>
  [`project ${project}`, ...(stage ? [`stage ${stage}`] : []), ...(service ? [`service ${service}`] : [])].join(", ");
