// The conditions of the chart, and what Kustomize makes with and without each of them.
import { readdir } from "node:fs/promises";
import { defaultImage } from "../../functions/cli/migrate/values/general-notes.ts";
import { planMigration } from "../../functions/cli/migrate/values/plan-migration.ts";
import { buildKustomization, buildOverlay, type KubernetesObject } from "./kustomize.ts";

export interface Variant {
  /** A condition of the template language. */
  readonly when: string;
  readonly from: readonly KubernetesObject[];
  readonly to: readonly KubernetesObject[];
}

/** Routes of Keptn's events, and their overlays. */
export const routes = { webhook: "zero", nats: "in-cluster", polling: "remote" } as const;

/** The components that are not part of a route. */
export const componentNames: readonly string[] = (await readdir("manifests/components"))
  .filter((name) => !name.startsWith("keptn-"))
  .toSorted();

/** The chart's objects without any condition. */
export const buildBase = (): Promise<KubernetesObject[]> => buildOverlay(routes.webhook);

export const buildVariants = async (): Promise<Variant[]> => {
  const [webhook, nats] = [await buildBase(), await buildOverlay(routes.nats)];
  return [
    { when: routeIs("nats"), from: webhook, to: nats },
    { when: routeIs("polling"), from: webhook, to: await buildOverlay(routes.polling) },
    ...(await Promise.all(componentNames.map((name) => buildComponent(name, nats)))),
    {
      when: "$plan.jobNamespace",
      from: await buildOverlay(routes.nats, ["other-namespaces", "snapshot-files"]),
      to: await buildOverlay("separate-jobs"),
    },
    { when: "$plan.func", from: nats, to: await buildOverlay("func") },
    ...(await buildJesVariants()),
  ];
};

const routeIs = (route: keyof typeof routes): string => `eq $plan.eventRoute "${route}"`;

const buildComponent = async (name: string, nats: readonly KubernetesObject[]): Promise<Variant> => {
  return { when: `has "${name}" $plan.components`, from: nats, to: await buildOverlay(routes.nats, [name]) };
};

/** Values of JES that become a patch: `job-executor migrate` says of which objects. Placeholders stand for what a release sets. */
const buildJesVariants = async (): Promise<Variant[]> => {
  const entries = (path: string) => ({ [`{{ entries $plan.values.${path} }}`]: "" });
  const items = (path: string) => [`{{ entries $plan.values.${path} }}`];
  const policies = { networkPolicy: { ingress: { enabled: true } } };
  const blocked = "jobConfig.networkPolicy.blockCIDRs";
  return Promise.all([
    jesVariant("$plan.values.podAnnotations", { podAnnotations: entries("podAnnotations") }),
    jesVariant("$plan.values.imagePullSecrets", { imagePullSecrets: [entries("imagePullSecrets")] }),
    jesVariant("$plan.values.serviceAccount.annotations", {
      serviceAccount: { annotations: entries("serviceAccount.annotations") },
    }),
    jesVariant("$plan.values.jobConfig.serviceAccount.annotations", {
      jobConfig: { serviceAccount: { annotations: entries("jobConfig.serviceAccount.annotations") } },
    }),
    jesVariant("$plan.fullName", { ...policies, fullnameOverride: "{{ $plan.fullName }}" }, policies),
    jesVariant(
      "$plan.values.jobConfig.networkPolicy.enabled",
      { jobConfig: { networkPolicy: { enabled: true, blockCIDRs: items(blocked) } } },
      policies,
    ),
  ]);
};

const jesVariant = async (when: string, values: object, without: object = {}): Promise<Variant> => ({
  when,
  from: await buildMigrated(without),
  to: await buildMigrated(values),
});

const buildMigrated = (values: object): Promise<KubernetesObject[]> =>
  buildKustomization((toHere) => {
    const options = { namespace: "keptn-jes", image: defaultImage, folder: "", manifests: toHere("manifests") };
    const planned = planMigration({ text: JSON.stringify(values), file: "values.yaml", ...options });
    if ("problems" in planned) throw new Error(JSON.stringify(planned.problems));
    return planned.overlay;
  });
