// Runs all checks of an installation: one finding for each item.
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

export const runChecks = (facts: Facts): readonly Finding[] => {
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

/** If nothing is installed, one finding says so, instead of one for each missing object. */
const isEmpty = ({ functions, brokers }: Facts): boolean => {
  const seen = [...functionNames.map((name) => functions[name]), ...brokerNames.map((name) => brokers[name])];
  return seen.every(({ kind }) => kind === "missing" || kind === "not-installed");
};

const nothingHere = ({ namespace }: Facts): Finding => {
  const fix =
    "Set the namespace of your installation with --namespace, or install it: kubectl apply -k manifests/overlays/in-cluster";
  return wrong("installation", `Namespace ${namespace} does not contain an installation.`, fix);
};
