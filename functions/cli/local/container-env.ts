// The environment of a container: Secrets and ConfigMaps, then its variables in order, expanded with earlier ones.
import type { Container, EnvVar } from "../../lib/core/kubernetes.ts";

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

export const makeContainerEnv = (container: Container, given: Given): ContainerEnv => {
  const variables = new Map<string, string>();
  for (const { secretRef, configMapRef, prefix = "" } of container.envFrom ?? []) {
    const kind = configMapRef ? "ConfigMap" : "Secret";
    const { name, optional } = configMapRef ?? secretRef ?? { optional: true };
    const values = valuesOf(given, kind, name);
    if (!values && !optional) return { missing: notGiven(kind, name) };
    for (const [key, value] of Object.entries(values ?? {})) variables.set(prefix + key, value);
  }
  for (const variable of container.env ?? []) {
    const value = resolve(variable, variables, given);
    if (typeof value === "object") return value;
    if (value !== undefined) variables.set(variable.name, value);
  }
  return { variables };
};

const resolve = ({ name, value, valueFrom }: EnvVar, variables: ReadonlyMap<string, string>, given: Given) => {
  if (!valueFrom) return expand(value ?? "", variables);
  const { secretKeyRef, configMapKeyRef } = valueFrom;
  if (secretKeyRef) return keyValueOf("Secret", secretKeyRef, given);
  if (configMapKeyRef) return keyValueOf("ConfigMap", configMapKeyRef, given);
  return { missing: `variable ${name}: a local run does not support this source (${Object.keys(valueFrom).join()})` };
};

/**
 * `$(NAME)` becomes the variable's value, and `$$` a dollar; unknown variables stay unchanged
 * (k8s.io/kubernetes/third_party/forked/golang/expansion).
 */
export const expand = (text: string, variables: ReadonlyMap<string, string>): string =>
  text.replace(/\$(?:\$|\(([^)]*)\))/g, (reference, name?: string) =>
    name === undefined ? "$" : (variables.get(name) ?? reference),
  );

type KeyRef = { readonly name?: string; readonly key: string; readonly optional?: boolean };

const keyValueOf = (kind: Kind, { name, key, optional }: KeyRef, given: Given) => {
  const values = valuesOf(given, kind, name);
  if (values?.[key] !== undefined || optional) return values?.[key];
  return { missing: values ? `couldn't find key ${key} in ${kind} ${name}` : notGiven(kind, name) };
};

type Kind = "Secret" | "ConfigMap";

export const valuesOf = ({ secrets, configMaps }: Given, kind: Kind, name = ""): Values | undefined =>
  (kind === "Secret" ? secrets : configMaps)[name];

export const notGiven = (kind: Kind, name = ""): string =>
  `${kind.toLowerCase()} "${name}" not found. Set its values for a local run: --${kind === "Secret" ? "secret" : "config-map"} ${name}=FILE`;
