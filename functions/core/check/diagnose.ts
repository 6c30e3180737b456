// What is wrong with an installation, and what mends it: of all that was looked at, one finding for each thing.
import { checkCluster } from "./check-cluster.ts";
import { checkDeniedNames } from "./check-denied-names.ts";
import { checkEvents } from "./check-events.ts";
import { checkFunctions } from "./check-functions.ts";
import { checkJobNamespaces } from "./check-job-namespaces.ts";
import { checkRights } from "./check-rights.ts";
import { checkSecrets } from "./check-secrets.ts";
import { checkSettings } from "./check-settings.ts";
import { checkDryEvent } from "./dry-event.ts";
import { brokerNames, type Facts, functionNames } from "./facts.ts";
import { type Finding, wrong } from "./finding.ts";

export const diagnose = (facts: Facts): readonly Finding[] => {
  const ground = checkCluster(facts);
  if (isEmpty(facts)) return [...ground, nothingHere(facts)];
  return [
    ...ground,
    ...checkFunctions(facts),
    ...checkEvents(facts),
    ...checkSettings(facts),
    ...checkSecrets(facts),
    ...checkRights(facts),
    ...checkDeniedNames(facts),
    ...checkJobNamespaces(facts),
    ...(facts.dryEvent ? [checkDryEvent(facts.dryEvent, facts)] : []),
  ];
};

/** Nothing of ours at all: a list of all that is missing would only hide that. */
const isEmpty = ({ functions, brokers }: Facts): boolean => {
  const seen = [...functionNames.map((name) => functions[name]), ...brokerNames.map((name) => brokers[name])];
  return seen.every(({ kind }) => kind === "missing" || kind === "not-installed");
};

const nothingHere = ({ namespace }: Facts): Finding => {
  const fix =
    "Name the namespace of your installation (--namespace), or install: kubectl apply -k manifests/overlays/in-cluster";
  return wrong("installation", `There is nothing of ours in namespace ${namespace}.`, fix);
};
