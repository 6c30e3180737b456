// Checks the API server, the clocks and Knative.
import type { Facts } from "./facts.ts";
import { type Finding, fine, warn, wrong } from "./finding.ts";

export const checkCluster = (facts: Facts): Finding[] => [
  fine("api-server", `Kubernetes ${facts.server.version} answers at ${facts.server.address}.`),
  ...checkClock(facts),
  checkKnative(facts, { id: "knative-serving", name: "Knative Serving", groups: ["serving.knative.dev"] }),
  checkKnative(facts, {
    id: "knative-eventing",
    name: "Knative Eventing",
    groups: ["eventing.knative.dev", "sources.knative.dev"],
  }),
];

/** Lease expiry and ages of runs compare times written by several machines. */
const mostSkewSeconds = 30;

const checkClock = ({ server: { skewSeconds } }: Facts): Finding[] => {
  if (skewSeconds === undefined) return [];
  const seconds = Math.abs(Math.round(skewSeconds));
  if (seconds <= mostSkewSeconds) return [fine("clock", "The clocks of this machine and the API server agree.")];
  const seen = `This machine's clock is ${seconds} s ${skewSeconds > 0 ? "ahead of" : "behind"} the API server's.`;
  return [warn("clock", seen, "Synchronize both with a time server: timedatectl set-ntp true")];
};

interface Part {
  readonly id: "knative-serving" | "knative-eventing";
  readonly name: string;
  readonly groups: readonly string[];
}

/** The manifests use this version. */
const neededVersion = "v1";

const checkKnative = ({ groups }: Facts, { id, name, groups: needed }: Part): Finding => {
  const missing = needed.filter((group) => !groups[group]?.includes(neededVersion));
  if (missing.length === 0) {
    const served = needed.map((group) => `${group} (${groups[group]?.join(", ")})`);
    return fine(id, `${name} is installed: ${served.join(", ")}.`);
  }
  const names = missing.map((group) => {
    const others = groups[group]?.join(", ");
    return `${group}/${neededVersion}${others ? ` (only ${others})` : ""}`;
  });
  const seen = `${name} is not installed, or too old: the API server does not serve ${names.join(" or ")}.`;
  return wrong(id, seen, "Install Knative 1.22 or newer: https://knative.dev/docs/install/");
};
