// Checks the operator's allow lists for entries without effect, because another rule forbids them.
import { matchesAny } from "../config/glob.ts";
import { ownerOfLabel } from "../config/scheduling-schema.ts";
import { bytesOf } from "../files/fetch-order.ts";
import { deniedSecretsOf } from "../policy/reserved-names.ts";
import type { Settings } from "../settings/settings.ts";
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
      .map((name) => warn("settings", `${setting} lists the Secret ${name}, which tasks may not use.`, takeOut));
  return [
    ...findings("ALLOWED_VOLUMES", mounted),
    ...findings("ALLOWED_IMAGE_PULL_SECRETS", settings.ALLOWED_IMAGE_PULL_SECRETS),
  ];
};

const takeOut =
  "Remove it from the list. Store values for tasks in a separate Secret that DENIED_SECRETS does not list.";

const checkLabels = ({ ALLOWED_LABELS: allowed, JOB_LABELS: own }: Settings): Finding[] =>
  allowed.flatMap((entry) => {
    const [key = ""] = entry.split("=");
    const owner = Object.hasOwn(own, key) ? "JOB_LABELS" : ownerOfLabel(key);
    if (!isName(key) || owner === undefined) return [];
    const seen = `ALLOWED_LABELS lists ${key}, a label reserved for ${owner}: tasks cannot set it.`;
    return [warn("settings", seen, "Remove it from the list.")];
  });

/** An emptyDir without a size gets that of /keptn. */
const checkRoom = (settings: Settings): Finding[] => {
  const { MAX_VOLUME_SIZE: most, FILES_VOLUME_SIZE: usual, ALLOWED_VOLUMES: volumes } = settings;
  if (!volumes.includes("emptyDir") || bytesOf(usual) <= bytesOf(most)) return [];
  const seen = `MAX_VOLUME_SIZE=${most} is less than FILES_VOLUME_SIZE=${usual}, the default size of an emptyDir: an emptyDir without a size is always refused.`;
  return [warn("settings", seen, "Increase MAX_VOLUME_SIZE, or remove emptyDir from ALLOWED_VOLUMES.")];
};
