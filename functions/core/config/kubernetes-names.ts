// Which names, keys and quantities the API server takes (apimachinery pkg/util/validation, pkg/api/resource).
import { type Fault, quote } from "./scalars.ts";

const label = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
const dnsLabel = new RegExp(`^${label}$`);
/** IsDNS1123Subdomain: of its parts none has a length of its own. */
const part = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const dnsSubdomain = new RegExp(`^${part}(\\.${part})*$`);
const qualifiedName = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

const lettersFix = "Use lower-case letters, digits and `-`";

/** A namespace. */
export const checkNamespace = (value: string): Fault | undefined =>
  dnsLabel.test(value)
    ? undefined
    : {
        code: "bad-namespace",
        message: `is ${quote(value)}, which is no namespace`,
        fix: `${lettersFix}, at most 63.`,
      };

export const isDnsSubdomain = (value: string): boolean => value.length <= 253 && dnsSubdomain.test(value);

export const checkServiceAccount = (value: string): Fault | undefined =>
  isDnsSubdomain(value)
    ? undefined
    : {
        code: "bad-service-account",
        message: `is ${quote(value)}, which is no name of a service account`,
        fix: `${lettersFix} or \`.\`, at most 253.`,
      };

export const checkSecretName = (value: string): Fault | undefined =>
  isDnsSubdomain(value)
    ? undefined
    : {
        code: "bad-secret-name",
        message: `is ${quote(value)}, which is no name of a Secret`,
        fix: `With valueFrom: secret, \`name\` is the Secret's name. ${lettersFix} or \`.\`, at most 253.`,
      };

/** @param what the kind of object that has this name */
const objectName =
  (code: string, what: string) =>
  (value: string): Fault | undefined =>
    isDnsSubdomain(value)
      ? undefined
      : {
          code,
          message: `is ${quote(value)}, which is no name of a ${what}`,
          fix: `${lettersFix} or \`.\`, at most 253.`,
        };

/** Elsewhere than in `env`, where the name of a variable can be that of a Secret. */
export const checkNameOfSecret = objectName("bad-secret-name", "Secret");
export const checkConfigMapName = objectName("bad-config-map-name", "ConfigMap");
export const checkClaimName = objectName("bad-claim-name", "PersistentVolumeClaim");
export const checkPriorityClass = objectName("bad-priority-class", "PriorityClass");
export const checkRuntimeClass = objectName("bad-runtime-class", "RuntimeClass");

/** A volume's name (apimachinery, IsDNS1123Label). */
export const isDnsLabel = (value: string): boolean => dnsLabel.test(value);

/** Of a Secret or ConfigMap (apimachinery, IsConfigMapKey). */
export const checkDataKey = (value: string): Fault | undefined =>
  /^(?!\.\.|\.$)[-._a-zA-Z0-9]{1,253}$/.test(value)
    ? undefined
    : {
        code: "bad-data-key",
        message: `is ${quote(value)}, which is no key of a Secret or ConfigMap`,
        fix: "Use letters, digits, `_`, `-` and `.`, at most 253.",
      };

/** The rule of every Kubernetes version; since 1.32 the API server takes more. */
export const isEnvName = (value: string): boolean => /^(?!\.\.|\.$)[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(value);

export const checkEnvName = (value: string): Fault | undefined =>
  isEnvName(value)
    ? undefined
    : {
        code: "bad-env-name",
        message: `is ${quote(value)}, which is no name of an environment variable`,
        fix: "Use letters, digits, `_`, `-` and `.`, and no digit at the beginning.",
      };

/** Keys of labels and annotations. */
export const isQualifiedName = (value: string): boolean => {
  const [name, prefix, ...more] = value.split("/").reverse();
  return more.length === 0 && qualifiedName.test(name ?? "") && (prefix === undefined || isDnsSubdomain(prefix));
};

export const isLabelValue = (value: string): boolean => value === "" || qualifiedName.test(value);

/** Kubernetes' units, as a number to compare with. @returns undefined if it is no quantity */
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

export const checkQuantity = (value: string): Fault | undefined =>
  parseQuantity(value) === undefined
    ? {
        code: "bad-quantity",
        message: `is ${quote(value)}, which is no quantity`,
        fix: "Write for example 500m or 2 for cpu, 128Mi or 1Gi for memory.",
      }
    : undefined;
