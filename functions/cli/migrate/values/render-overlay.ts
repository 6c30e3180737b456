// Renders a migration as a kustomization.yaml, in the form of those in manifests/overlays.
import { stringify } from "yaml";
import type { OverlayOptions, PlacedPart } from "./parts.ts";

type PatchPart = Extract<PlacedPart, { kind: "patch" }>;
type SettingPart = Extract<PlacedPart, { kind: "setting" }>;

export const renderOverlay = (
  parts: readonly PlacedPart[],
  { namespace, image, manifests }: OverlayOptions,
): string => {
  const components = parts.flatMap((part) => (part.kind === "component" ? [part.name] : []));
  const settings = parts.filter((part): part is SettingPart => part.kind === "setting");
  const patches = parts.filter((part): part is PatchPart => part.kind === "patch");
  return [
    "# Generated from JES's Helm values by `job-executor migrate`. Edit it as you like.",
    "apiVersion: kustomize.config.k8s.io/v1beta1",
    "kind: Kustomization",
    `namespace: ${yaml(namespace)}`,
    ...listOf("resources", [`${manifests}/base`]),
    ...listOf(
      "components",
      [...new Set(components)].map((name) => `${manifests}/components/${name}`),
    ),
    "configMapGenerator:",
    "  - name: job-executor-settings",
    "    behavior: merge",
    "    literals:",
    ...settings.flatMap(renderSetting),
    ...renderImage(image),
    ...replacements,
    ...(patches.length > 0 ? ["patches:", ...patches.flatMap(renderPatch)] : []),
    "",
  ].join("\n");
};

const yaml = (value: unknown): string => stringify(value, { lineWidth: 0 }).trimEnd();

const listOf = (key: string, entries: readonly string[]): string[] => [
  `${key}:`,
  ...entries.map((entry) => `  - ${yaml(entry)}`),
];

const renderSetting = ({ name, value, from }: SettingPart): string[] => [
  `      # ${from}`,
  `      - ${yaml(`${name}=${value}`)}`,
];

const renderImage = (image: string): string[] => {
  const [, name = "", tag, digest] = /^(.+?)(?::([^/@]+))?(?:@(.+))?$/.exec(image) ?? [];
  return [
    "images:",
    "  - name: job-executor-functions",
    `    newName: ${yaml(name)}`,
    ...(tag ? [`    newTag: ${yaml(tag)}`] : []),
    ...(digest ? [`    digest: ${yaml(digest)}`] : []),
  ];
};

/** As in manifests/overlays. */
const replacements = [
  "replacements:",
  "  # Init containers run the functions' image.",
  '  - source: {kind: Service, group: serving.knative.dev, name: start-job, fieldPath: "spec.template.spec.containers.[name=user-container].image"}',
  "    targets:",
  "      - select: {kind: ConfigMap, name: job-executor-settings}",
  "        fieldPaths: [data.INIT_CONTAINER_IMAGE]",
  "  # Jobs run in the functions' namespace.",
  "  - source: {kind: Service, group: serving.knative.dev, name: start-job, fieldPath: metadata.namespace}",
  "    targets:",
  "      - select: {kind: ConfigMap, name: job-executor-settings}",
  "        fieldPaths: [data.JOB_NAMESPACE, data.K8S_NAMESPACE]",
  "  # start-job refuses what the namespace's Pod Security level would refuse.",
  '  - source: {kind: Namespace, name: keptn-jes, fieldPath: "metadata.labels.[pod-security.kubernetes.io/enforce]"}',
  "    targets:",
  "      - select: {kind: ConfigMap, name: job-executor-settings}",
  "        fieldPaths: [data.JOB_POD_SECURITY_LEVEL]",
];

const renderPatch = ({ target, change, from }: PatchPart): string[] => {
  const { apiVersion, kind, name } = target;
  const [version, group] = apiVersion.split("/").reverse();
  const selector = { ...(group ? { group } : {}), version, kind, ...(name ? { name } : {}) };
  const { metadata, ...rest } = change;
  const body = { apiVersion, kind, metadata: { name: "any", ...(metadata ?? {}) }, ...rest };
  return [
    `  # ${from}`,
    `  - target: ${inline(selector)}`,
    "    patch: |",
    ...yaml(body)
      .split("\n")
      .map((line) => `      ${line}`),
  ];
};

const inline = (selector: Readonly<Record<string, string | undefined>>): string =>
  `{${Object.entries(selector)
    .map(([key, value]) => `${key}: ${yaml(value)}`)
    .join(", ")}}`;
