// Job configs that reach for what is the job executor's own, or for more than a container has. None of them may create anything.
import type { HostileConfig } from "./job-configs.ts";

type Task = (fields: string) => string;

const tokens: Readonly<Record<string, string>> = {
  "Keptn's token by its Secret": "env: [{name: job-service-keptn-secrets, valueFrom: secret}]",
  "Keptn's token behind other variables":
    "env: [{name: A, value: b, valueFrom: string}, {name: job-service-keptn-secrets, valueFrom: secret}]",
  "Keptn's token in another namespace": "namespace: carts, env: [{name: job-service-keptn-secrets, valueFrom: secret}]",
  "the token of an account, as Kubernetes named it": "env: [{name: start-job-token-abcde, valueFrom: secret}]",
  "the token of an account, as people name it": "env: [{name: finish-task-token, valueFrom: secret}]",
  "the token of an account, as OpenShift names it": "env: [{name: job-changes-dockercfg-abcde, valueFrom: secret}]",
  "the credentials of a Broker": "env: [{name: keptn-broker-rabbit, valueFrom: secret}]",
  "an event that was not delivered": "env: [{name: dead-letters-0123456789abcdef, valueFrom: secret}]",
  "Keptn's token by Istio's volume": `annotations: {sidecar.istio.io/userVolume: '[{"name":"x","secret":{"secretName":"job-service-keptn-secrets"}}]'}`,
  "Keptn's token by Istio's volume, written in numbers": `annotations: {sidecar.istio.io/userVolume: '[{"name":"x","secret":{"secretName":"\\u006aob-service-keptn-secrets"}}]'}`,
  "Keptn's token by Vault's agent": "annotations: {vault.hashicorp.com/agent-extra-secret: job-service-keptn-secrets}",
};

const accounts = ["start-job", "finish-task", "job-changes", "keptn-source"].map(
  (name) => [`the account ${name}`, `serviceAccount: ${name}`] as const,
);

const contexts: readonly string[] = [
  "{privileged: true}",
  "{capabilities: {add: [ALL]}}",
  "{capabilities: {add: [sys_admin]}}",
  "{capabilities: {add: [CAP_CHOWN]}}",
  "{capabilities: {add: [NET_RAW]}}",
  "{seccompProfile: {type: Unconfined}}",
  "{appArmorProfile: {type: Unconfined}}",
  "{procMount: Unmasked}",
  "{seLinuxOptions: {type: spc_t}}",
  "{seLinuxOptions: {user: system_u}}",
  "{seLinuxOptions: {role: system_r}}",
  "{windowsOptions: {hostProcess: true}}",
];

/** @param task a config of one task with these fields beside its name and image */
export const reachingFor = (task: Task): readonly HostileConfig[] => [
  ...Object.entries(tokens).map(
    ([what, fields]): HostileConfig => ({ what, config: task(fields), ends: "errored", says: /secret-denied/ }),
  ),
  ...accounts.map(
    ([what, fields]): HostileConfig => ({
      what,
      config: task(fields),
      ends: "errored",
      says: /service-account-denied/,
    }),
  ),
];

export const breakingOutOf = (task: Task): readonly HostileConfig[] => [
  ...contexts.map(
    (context): HostileConfig => ({
      what: `the security context ${context}`,
      config: task(`securityContext: ${context}`),
      ends: "errored",
      says: /privileged-not-allowed/,
    }),
  ),
  {
    what: "no AppArmor profile, by an annotation",
    config: task("annotations: {container.apparmor.security.beta.kubernetes.io/any: unconfined}"),
    ends: "errored",
    says: /privileged-not-allowed/,
  },
];
