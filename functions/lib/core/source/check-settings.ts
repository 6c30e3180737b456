// Checks keptn-source's settings: missing and invalid ones, and those without the expected effect.
import { hasErrors, type Problem } from "../problem.ts";
import { checkKeptnSettings } from "../settings/keptn-settings.ts";
import { parseSettings, type Settings } from "../settings/settings.ts";
import { parseOverrides } from "./overrides.ts";
import { isSubject } from "./subject.ts";

export const parseSourceSettings = (
  env: Readonly<Record<string, string | undefined>>,
):
  | { readonly settings: Settings; readonly warnings: readonly Problem[] }
  | { readonly problems: readonly Problem[] } => {
  const parsed = parseSettings(env);
  if ("problems" in parsed) return parsed;
  const problems = checkSourceSettings(parsed.settings);
  return hasErrors(problems) ? { problems } : { settings: parsed.settings, warnings: problems };
};

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

const noSink = (given: string | undefined): Problem => ({
  ...(given
    ? { code: "bad-setting", message: `K_SINK=${JSON.stringify(given)} is not an http:// or https:// address.` }
    : { code: "missing-setting", message: "K_SINK is not set, so events cannot be sent." }),
  severity: "error",
  fix: "Bind the program to a Broker with a SinkBinding, or set an address (on the command line: --sink).",
});

const checkNats = ({ PUBSUB_URL }: Settings): readonly Problem[] =>
  !PUBSUB_URL || /^(nats|tls):\/\/[^/\s@]+$/.test(PUBSUB_URL)
    ? []
    : [
        {
          code: "bad-setting",
          severity: "error",
          message: `PUBSUB_URL=${JSON.stringify(PUBSUB_URL)} is not the address of a NATS server.`,
          fix: "Set it to nats://keptn-nats.keptn, or leave it empty to poll Keptn's API.",
        },
      ];

const badTopic = (topic: string): Problem => ({
  code: "bad-setting",
  severity: "error",
  message: `PUBSUB_TOPIC has ${JSON.stringify(topic)}, which is not an event type.`,
  fix: "Use types such as sh.keptn.event.test.triggered, with * for one part and > for all following parts.",
});
