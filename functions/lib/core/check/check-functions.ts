// Checks that both functions exist, are ready, and cannot be reached from outside.
import { type Facts, type FunctionName, functionNames, type KnativeService } from "./facts.ts";
import { type Finding, fine, warn, wrong } from "./finding.ts";
import { nameWith } from "./names.ts";
import { checkReady, notReadyBecause } from "./ready.ts";

export const checkFunctions = (facts: Facts): Finding[] => functionNames.flatMap((name) => checkFunction(name, facts));

const checkFunction = (own: FunctionName, { functions, namespace, affixes }: Facts): Finding[] => {
  const seen = functions[own];
  const name = nameWith(affixes, own);
  const subject = { id: "function", name: `Function ${name}`, namespace, ref: `ksvc/${name}` } as const;
  const findings = checkReady(subject, seen).map((finding) =>
    seen.kind === "there" && finding.severity === "error" ? withFix(finding, seen.object) : finding,
  );
  return seen.kind === "there" ? [...findings, checkVisibility(name, namespace, seen.object)] : findings;
};

/** Knative's reasons (serving: pkg/apis/serving/v1, revision_lifecycle.go) that imply a fix. */
const withFix = (finding: Finding, service: KnativeService): Finding => {
  const why = notReadyBecause(service) ?? "";
  if (/ContainerMissing|Unable to fetch image|ErrImage|ImagePull/.test(why)) {
    return wrong("function", finding.seen, "Push the image, or correct `images` in your overlay, and apply it again.");
  }
  return finding;
};

const visibility = "networking.knative.dev/visibility";

const checkVisibility = (name: string, namespace: string, { metadata }: KnativeService): Finding => {
  if (metadata?.labels?.[visibility] === "cluster-local") {
    return fine("visibility", `Function ${name} can be reached only from inside the cluster.`);
  }
  const seen = `Function ${name} does not have the label ${visibility}=cluster-local: anyone who can reach the cluster's gateway can send it events.`;
  return warn("visibility", seen, `kubectl -n ${namespace} label ksvc ${name} ${visibility}=cluster-local`);
};
