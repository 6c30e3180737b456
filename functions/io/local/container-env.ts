// The environment of a container: its Secrets, its variables in order, each expanded by those before it.
import type { Container, EnvVar } from "../../core/kubernetes.ts";
import { expand } from "./expand.ts";

/** Secrets that a local run was given: name, then key, then value. */
export type Secrets = Readonly<Record<string, Readonly<Record<string, string>>>>;

export type ContainerEnv =
  | { readonly variables: ReadonlyMap<string, string> }
  /** Why the container cannot be made, in the words of the kubelet where it has some. */
  | { readonly missing: string };

export const makeContainerEnv = (container: Container, secrets: Secrets): ContainerEnv => {
  const variables = new Map<string, string>();
  for (const { secretRef, configMapRef, prefix = "" } of container.envFrom ?? []) {
    if (configMapRef && !configMapRef.optional) return { missing: noConfigMap(configMapRef.name) };
    const values = secrets[secretRef?.name ?? ""];
    if (secretRef && !values && !secretRef.optional) return { missing: noSecret(secretRef.name) };
    for (const [key, value] of Object.entries(values ?? {})) variables.set(prefix + key, value);
  }
  for (const variable of container.env ?? []) {
    const value = resolve(variable, { variables, secrets });
    if (typeof value === "object") return value;
    if (value !== undefined) variables.set(variable.name, value);
  }
  return { variables };
};

type Known = { readonly variables: ReadonlyMap<string, string>; readonly secrets: Secrets };

const resolve = ({ name, value, valueFrom }: EnvVar, { variables, secrets }: Known) => {
  if (!valueFrom) return expand(value ?? "", variables);
  const { secretKeyRef: secret, configMapKeyRef: configMap } = valueFrom;
  if (secret) {
    const values = secrets[secret.name ?? ""];
    if (values?.[secret.key] !== undefined || secret.optional) return values?.[secret.key];
    const missing = values ? `couldn't find key ${secret.key} in Secret ${secret.name}` : noSecret(secret.name);
    return { missing };
  }
  if (configMap) return configMap.optional ? undefined : { missing: noConfigMap(configMap.name) };
  return { missing: `variable ${name}: a local run has no such source (${Object.keys(valueFrom).join()})` };
};

const noSecret = (name = "") => `secret "${name}" not found. Give a local run its values: --secret ${name}=FILE`;

const noConfigMap = (name = "") => `configmap "${name}" not found: a local run has none`;
