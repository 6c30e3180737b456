// Checks keptn-source's settings: missing and invalid ones, and those without the expected effect.
import { errorProblem, type Problem } from "../problem.ts";
import { type CheckedSettings, checkKeptnSettings, parseChecked } from "../settings/keptn-settings.ts";
import type { Settings } from "../settings/settings.ts";
import { parseOverrides } from "./overrides.ts";
import { isSubject } from "./subject.ts";

export const parseSourceSettings = (env: Readonly<Record<string, string | undefined>>): CheckedSettings =>
  parseChecked(env, checkSourceSettings);

const checkSourceSettings = (settings: Settings): readonly Problem[] => [
  ...checkKeptnSettings(settings),
  ...checkSink(settings),
  ...checkNats(settings),
  ...settings.PUBSUB_TOPIC.filter((topic) => !isSubject(topic)).map(badTopic),
];

const checkSink = ({ K_SINK, K_CE_OVERRIDES }: Settings): readonly Problem[] => {
  const overrides = parseOverrides(K_CE_OVERRIDES);
  return [
    ...(K_SINK && /^https?:\/\/[^/\s]+/.test(K_SINK) ? [] : [noSink(K_SINK)]),
    ...("problem" in overrides ? [overrides.problem] : []),
  ];
};

const noSink = (given: string | undefined): Problem => {
  const fix = "Bind the program to a Broker with a SinkBinding, or set an address (on the command line: --sink).";
  return given
    ? errorProblem("bad-setting", `K_SINK=${JSON.stringify(given)} is not an http:// or https:// address.`, fix)
    : errorProblem("missing-setting", "K_SINK is not set, so events cannot be sent.", fix);
};

const checkNats = ({ PUBSUB_URL: url }: Settings): readonly Problem[] => {
  if (!url || /^(nats|tls):\/\/[^/\s@]+$/.test(url)) return [];
  const message = `PUBSUB_URL=${JSON.stringify(url)} is not the address of a NATS server.`;
  const fix = "Set it to nats://keptn-nats.keptn, or leave it empty to poll Keptn's API.";
  return [errorProblem("bad-setting", message, fix)];
};

const badTopic = (topic: string): Problem =>
  errorProblem(
    "bad-setting",
    `PUBSUB_TOPIC has ${JSON.stringify(topic)}, which is not an event type.`,
    "Use types such as sh.keptn.event.test.triggered, with * for one part and > for all following parts.",
  );
