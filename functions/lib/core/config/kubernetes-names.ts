// Names, keys and quantities that the API server accepts (apimachinery pkg/util/validation, pkg/api/resource).
import { mustBe } from "../yaml/scalars.ts";

const label = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
const dnsLabel = new RegExp(`^${label}$`);
/** IsDNS1123Subdomain: its parts have no length limit of their own. */
const part = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const dnsSubdomain = new RegExp(`^${part}(\\.${part})*$`);
const qualifiedName = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

const letters = "Use lowercase letters, digits";
const subdomainFix = `${letters}, \`-\` and \`.\`, at most 253 characters.`;

/** Volume names (apimachinery, IsDNS1123Label). */
export const isDnsLabel = (value: string): boolean => dnsLabel.test(value);

export const checkNamespace = mustBe(isDnsLabel, {
  code: "bad-namespace",
  what: "a valid namespace",
  fix: `${letters} and \`-\`, at most 63 characters.`,
});

export const isDnsSubdomain = (value: string): boolean => value.length <= 253 && dnsSubdomain.test(value);

/** @param what the kind of object */
const objectName = (code: string, what: string, fix = subdomainFix) =>
  mustBe(isDnsSubdomain, { code, what: `a valid ${what} name`, fix });

export const checkServiceAccount = objectName("bad-service-account", "service account");
export const checkConfigMapName = objectName("bad-config-map-name", "ConfigMap");
export const checkClaimName = objectName("bad-claim-name", "PersistentVolumeClaim");
export const checkPriorityClass = objectName("bad-priority-class", "PriorityClass");
export const checkRuntimeClass = objectName("bad-runtime-class", "RuntimeClass");
export const checkNameOfSecret = objectName("bad-secret-name", "Secret");
/** For `env`, where `name` can be a variable or a Secret. */
export const checkSecretName = objectName(
  "bad-secret-name",
  "Secret",
  `With valueFrom: secret, \`name\` is the Secret's name. ${subdomainFix}`,
);

/** Keys of a Secret or ConfigMap (apimachinery, IsConfigMapKey). */
export const checkDataKey = mustBe((value) => /^(?!\.\.|\.$)[-._a-zA-Z0-9]{1,253}$/.test(value), {
  code: "bad-data-key",
  what: "a valid key of a Secret or ConfigMap",
  fix: "Use letters, digits, `_`, `-` and `.`, at most 253 characters.",
});

/** The rule that every Kubernetes version accepts; since 1.32 the API server accepts more. */
export const isEnvName = (value: string): boolean => /^(?!\.\.|\.$)[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(value);

export const checkEnvName = mustBe(isEnvName, {
  code: "bad-env-name",
  what: "a valid name for an environment variable",
  fix: "Use letters, digits, `_`, `-` and `.`, and do not begin with a digit.",
});

/** Keys of labels and annotations. */
export const isQualifiedName = (value: string): boolean => {
  const [name, prefix, ...more] = value.split("/").reverse();
  return more.length === 0 && qualifiedName.test(name ?? "") && (prefix === undefined || isDnsSubdomain(prefix));
};

export const isLabelValue = (value: string): boolean => value === "" || qualifiedName.test(value);

/** A Kubernetes quantity as a number, for comparisons. @returns undefined if it is not a quantity */
export const parseQuantity = (value: string): number | undefined => {
  const [, number, suffix] = /^\+?(\d+\.?\d*|\.\d+)(|[numkMGTPE]|[KMGTPE]i|[eE][-+]?\d{1,3})$/.exec(value) ?? [];
  if (number === undefined || suffix === undefined) return undefined;
  return Number(number) * (units[suffix] ?? 10 ** Number(suffix.slice(1) || 0));
};

const units: Readonly<Record<string, number>> = {
  ...Object.fromEntries([..."KMGTPE"].map((unit, power) => [`${unit}i`, 1024 ** (power + 1)])),
  ...Object.fromEntries([..."kMGTPE"].map((unit, power) => [unit, 1000 ** (power + 1)])),
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
};

export const checkQuantity = mustBe((value) => parseQuantity(value) !== undefined, {
  code: "bad-quantity",
  what: "a quantity",
  fix: "Write, for example, 500m or 2 for cpu, 128Mi or 1Gi for memory.",
});
