// The versions of our image that run concurrently during an upgrade: each process runs one of them.
import { parseSettings, type Settings } from "../../functions/lib/core/settings/settings.ts";
import type { Chance } from "./chance.ts";

export interface Image {
  readonly name: string;
  readonly settings: Settings;
}

const read = (env: Readonly<Record<string, string>>): Settings => {
  const parsed = parseSettings({
    ...{ KEPTN_API_ENDPOINT: "http://keptn.example/api", JOB_NAMESPACE: "jobs", ALLOWED_NAMESPACES: "jobs,others" },
    ...env,
  });
  if ("settings" in parsed) return parsed.settings;
  throw new Error(JSON.stringify(parsed.problems));
};

const usual = read({});
/** Settings that an operator may have changed with the upgrade. */
const others = [
  read({ CLAIM_LEASE_SECONDS: "20", KEPTN_RETRY_SECONDS: "5", CREATE_GRACE_SECONDS: "60" }),
  read({ CLAIM_LEASE_SECONDS: "300", KEPTN_RETRY_SECONDS: "99", CREATE_GRACE_SECONDS: "900" }),
  read({ FULL_DEPLOYMENT_NAME: "executor" }),
];

export interface Images {
  readonly all: readonly Image[];
  /** The version that the process with this name runs. */
  of(processName: string): Image;
}

export const drawImages = (chance: Chance): Images => {
  const spot = chance.at("the world");
  const own: Partial<Settings> = {
    ...(spot.mishap("snapshots") ? { FILES_MODE: "snapshot" } : {}),
    ...(spot.mishap("verifiesEvents") ? { VERIFY_EVENTS: true } : {}),
    WATCH_IDLE_SECONDS: spot.mishap("watchAlways")
      ? "always"
      : ([5, 60, 300, 300][Math.floor(spot.roll("idle") * 4)] ?? 300),
  };
  const first: Image = { name: "", settings: { ...usual, ...own } };
  if (!spot.mishap("twoImages")) return { all: [first], of: () => first };
  const other = others[Math.floor(spot.roll("other image") * others.length)] ?? usual;
  const second: Image = { name: " of the other image", settings: { ...other, ...own } };
  const share = spot.roll("share of the other image");
  const of = (name: string) => (chance.at(name).roll("image") < share ? second : first);
  return { all: [first, second], of };
};
