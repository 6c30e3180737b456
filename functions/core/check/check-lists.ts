// The operator's lists of what tasks may ask for: entries that allow nothing, since something else forbids it all the same.
import { matchesAny } from "../config/glob.ts";
import { ownerOfLabel } from "../config/scheduling-schema.ts";
import { bytesOf } from "../files.ts";
import { deniedSecretsOf } from "../job/reserved-names.ts";
import type { Settings } from "../settings.ts";
import { type Finding, warn } from "./finding.ts";

export const checkLists = (settings: Settings): Finding[] => [
  ...checkSecretNames(settings),
  ...checkLabels(settings),
  ...checkRoom(settings),
];

const isName = (entry: string): boolean => !entry.includes("*");

const checkSecretNames = (settings: Settings): Finding[] => {
  const denied = deniedSecretsOf(settings);
  const mounted = settings.ALLOWED_VOLUMES.flatMap((entry) => /^secret:(.+)$/.exec(entry)?.[1] ?? []);
  const findings = (setting: string, names: readonly string[]) =>
    names
      .filter((name) => isName(name) && matchesAny(name, denied))
      .map((name) => warn("settings", `${setting} names the Secret ${name}, which is kept from tasks.`, takeOut));
  return [
    ...findings("ALLOWED_VOLUMES", mounted),
    ...findings("ALLOWED_IMAGE_PULL_SECRETS", settings.ALLOWED_IMAGE_PULL_SECRETS),
  ];
};

const takeOut =
  "Take it out of the list. What tasks need belongs into a Secret of its own, that DENIED_SECRETS has not.";

const checkLabels = ({ ALLOWED_LABELS: allowed, JOB_LABELS: own }: Settings): Finding[] =>
  allowed.flatMap((entry) => {
    const [key = ""] = entry.split("=");
    const owner = Object.hasOwn(own, key) ? "JOB_LABELS" : ownerOfLabel(key);
    if (!isName(key) || owner === undefined) return [];
    const seen = `ALLOWED_LABELS names ${key}, a label that ${owner} keeps: no task gets it.`;
    return [warn("settings", seen, "Take it out of the list.")];
  });

/** An emptyDir that says nothing of its size has that of /keptn. */
const checkRoom = (settings: Settings): Finding[] => {
  const { MAX_VOLUME_SIZE: most, FILES_VOLUME_SIZE: usual, ALLOWED_VOLUMES: volumes } = settings;
  if (!volumes.includes("emptyDir") || bytesOf(usual) <= bytesOf(most)) return [];
  const seen = `MAX_VOLUME_SIZE=${most} is less than FILES_VOLUME_SIZE=${usual}, which an emptyDir without a size has: it is always refused.`;
  return [warn("settings", seen, "Make MAX_VOLUME_SIZE larger, or leave emptyDir out of ALLOWED_VOLUMES.")];
};
