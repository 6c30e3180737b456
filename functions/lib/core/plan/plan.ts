// Turns an event and a job config into planned runs, with all their Jobs suspended, or says why nothing runs.
import { hashOf } from "../annotations/annotations.ts";
import { type ActionMatch, matchAction } from "../config/match.ts";
import { memoize } from "../config/memoize.ts";
import { type ParsedJobConfig, parseJobConfig } from "../config/parse.ts";
import { checkPattern } from "../config/pattern.ts";
import { expectsFinished, type KeptnEvent } from "../event/keptn-event.ts";
import { eventDocumentOf } from "../jsonpath/event-document.ts";
import { byPlace, distinct, errorsIn, type Problem, renderProblems } from "../problem.ts";
import type { Settings } from "../settings/settings.ts";
import { planMatching } from "./plan-matching.ts";
import type { RunPlan } from "./run-plan.ts";

export interface PlanInput {
  readonly event: KeptnEvent;
  readonly configText: string;
  /** Name of the config in problems, such as `job/config.yaml`. */
  readonly configFile: string;
  readonly settings: Settings;
  /** The parsed `configText`, if the caller already has it. */
  readonly parsed?: ParsedJobConfig;
}

export type Plan = Ignored | Refused | Planned;

interface Explained {
  /** One per action of the config, in the same order. */
  readonly actions: readonly ActionMatch[];
  readonly problems: readonly Problem[];
}

export interface Ignored extends Explained {
  readonly kind: "ignore";
}

/** Nothing runs for this event: every action that it would start is refused, or the config is unusable. */
export interface Refused extends Explained {
  readonly kind: "refuse";
  /** The problems as one text. */
  readonly message: string;
  /** `source` of the answers; if absent, only Keptn's error log gets an entry. */
  readonly source?: string;
}

/** At least one action runs. Errors are those of actions that do not. */
export interface Planned extends Explained {
  readonly kind: "run";
  /** One per matching action, in the order of the config. */
  readonly runs: readonly RunPlan[];
}

export const planRuns = ({ event, configText, configFile, settings, ...input }: PlanInput): Plan => {
  const parsed = input.parsed ?? parseJobConfig(configText, configFile);
  const document = eventDocumentOf(event);
  const actions = (parsed.outline ?? []).map((action) => matchAction(action, { type: event.type, document }));
  const isMatched = actions.some(({ matches }) => matches);
  if (!parsed.actions || (!parsed.config && !isMatched)) return planBroken({ event, parsed, actions, settings });
  if (!isMatched) return { kind: "ignore", actions, problems: parsed.problems };
  const sources = sourcesOf(actions, event, settings);
  const matching = parsed.actions.flatMap((one, index) => {
    const match = actions[index];
    return match?.matches ? [{ ...one, index, name: match.action, source: sources[index] }] : [];
  });
  const configHash = hashOfConfig(configText, configFile);
  const { runs, problems } = planMatching(matching, { event, document, configHash, settings, at: parsed.at });
  if (runs.every(({ refused }) => refused !== undefined)) {
    const all = distinct([...errorsIn(parsed.problems), ...problems]).sort(byPlace);
    return refuse(all, actions, sources.find(Boolean));
  }
  return { kind: "run", runs, actions, problems: distinct([...parsed.problems, ...problems]).sort(byPlace) };
};

const hashOfConfig = memoize((text) => hashOf(text, 56));

interface Broken {
  readonly event: KeptnEvent;
  readonly parsed: ParsedJobConfig;
  readonly actions: readonly ActionMatch[];
  readonly settings: Settings;
}

/** Readable event names decide: an event meant for another executor gets no answer. */
const planBroken = ({ event, parsed, actions, settings }: Broken): Plan => {
  const errors = errorsIn(parsed.problems);
  if (actions.some(({ matches }) => matches))
    return refuse(errors, actions, sourcesOf(actions, event, settings).find(Boolean));
  const events = (parsed.outline ?? []).flatMap((action) => action.events);
  const isClear = events.length > 0 && events.every(({ name }) => name !== "" && !checkPattern(name));
  if (isClear) return { kind: "ignore", actions, problems: parsed.problems };
  const isAnswered = !parsed.outline && settings.ALWAYS_SEND_FINISHED_EVENT && expectsFinished(event.type);
  return refuse(errors, actions, isAnswered ? settings.KEPTN_SOURCE : undefined);
};

const refuse = (
  problems: readonly Problem[],
  actions: readonly ActionMatch[],
  source: string | undefined,
): Refused => ({
  kind: "refuse",
  actions,
  problems,
  message: renderProblems(problems),
  ...(source === undefined ? {} : { source }),
});

/** A separate source for each run that answers Keptn, so that Keptn counts them separately; undefined for the others. */
const sourcesOf = (
  actions: readonly ActionMatch[],
  event: KeptnEvent,
  settings: Settings,
): readonly (string | undefined)[] => {
  const answers = actions.map(({ matches, silent }) => matches && !silent && expectsFinished(event.type));
  const first = answers.indexOf(true);
  return answers.map((isAnswer, index) => {
    if (!isAnswer) return undefined;
    return index === first ? settings.KEPTN_SOURCE : `${settings.KEPTN_SOURCE}#${index + 1}`;
  });
};
