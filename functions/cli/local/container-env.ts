// The environment of a container: Secrets and ConfigMaps, then its variables in order, expanded with earlier ones.
import type { Container, EnvVar } from "../../lib/core/kubernetes.ts";
import { expand } from "./expand.ts";

/** By key. */
export type Values = Readonly<Record<string, string>>;

/** The local run's Secrets or ConfigMaps, by name. */
export type Secrets = Readonly<Record<string, Values>>;

export interface Given {
  readonly secrets: Secrets;
  readonly configMaps: Secrets;
}

export type ContainerEnv =
  | { readonly variables: ReadonlyMap<string, string> }
  /** Why the container cannot be created, in the kubelet's words if it has any. */
  | { readonly missing: string };

export const makeContainerEnv = (container: Container, { secrets, configMaps }: Given): ContainerEnv => {
  const variables = new Map<string, string>();
  for (const { secretRef, configMapRef, prefix = "" } of container.envFrom ?? []) {
    const values = configMapRef ? configMaps[configMapRef.name ?? ""] : secrets[secretRef?.name ?? ""];
    if (configMapRef && !values && !configMapRef.optional) return { missing: noConfigMap(configMapRef.name) };
    if (secretRef && !values && !secretRef.optional) return { missing: noSecret(secretRef.name) };
    for (const [key, value] of Object.entries(values ?? {})) variables.set(prefix + key, value);
  }
  for (const variable of container.env ?? []) {
    const value = resolve(variable, { variables, secrets, configMaps });
    if (typeof value === "object") return value;
    if (value !== undefined) variables.set(variable.name, value);
  }
  return { variables };
};

type Known = Given & { readonly variables: ReadonlyMap<string, string> };

const resolve = ({ name, value, valueFrom }: EnvVar, { variables, secrets, configMaps }: Known) => {
  if (!valueFrom) return expand(value ?? "", variables);
  const { secretKeyRef: secret, configMapKeyRef: configMap } = valueFrom;
  if (secret) return keyValueOf(secret, secrets, { kind: "Secret", missing: noSecret(secret.name) });
  if (configMap) return keyValueOf(configMap, configMaps, { kind: "ConfigMap", missing: noConfigMap(configMap.name) });
  return { missing: `variable ${name}: a local run does not support this source (${Object.keys(valueFrom).join()})` };
};

interface Reference {
  readonly name?: string;
  readonly key: string;
  readonly optional?: boolean;
}

const keyValueOf = (
  { name, key, optional }: Reference,
  given: Secrets,
  { kind, missing }: { readonly kind: string; readonly missing: string },
) => {
  const values = given[name ?? ""];
  if (values?.[key] !== undefined || optional) return values?.[key];
  return { missing: values ? `couldn't find key ${key} in ${kind} ${name}` : missing };
};

export const noSecret = (name = "") =>
  `secret "${name}" not found. Set its values for a local run: --secret ${name}=FILE`;

export const noConfigMap = (name = "") =>
  `configmap "${name}" not found. Set its values for a local run: --config-map ${name}=FILE`;
