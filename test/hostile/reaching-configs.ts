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
  "Keptn's token by one key":
    "env: [{name: T, valueFrom: secret, secret: {name: job-service-keptn-secrets, key: token}}]",
  "Keptn's token by one key, optional":
    "env: [{name: T, valueFrom: secret, secret: {name: job-service-keptn-secrets, key: token, optional: true}}]",
  "Keptn's token as a volume": "volumes: [{mount: t, secret: job-service-keptn-secrets, path: /t}]",
  "Keptn's token in another namespace, as a volume":
    "namespace: carts, volumes: [{mount: t, secret: job-service-keptn-secrets, path: /t}]",
  "Keptn's token for pulling images": "imagePullSecrets: [my-registry, job-service-keptn-secrets]",
  "the registry's token of an account": "imagePullSecrets: [start-job-dockercfg-abcde]",
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

const mount = (fields: string): string => `volumes: [{mount: a, ${fields}}]`;

/** ConfigMaps of other runs, by the names that they have. */
const own = "job-executor-service-job-0cdabb5ee5525928c2fe6eb6-001-002";
const fromTask = (value: string): string => `env: [{name: V, valueFrom: task, value: '${value}'}]`;

/** What other runs wrote, and ways to values of tasks that lead elsewhere. */
const values: Readonly<Record<string, RegExp>> = {
  [`env: [{name: V, valueFrom: configMap, configMap: {name: ${own}-values, key: env-0}}]`]: /config-map-denied/,
  [`env: [{name: V, valueFrom: configMap, configMap: {name: ${own}-files, key: a, optional: true}}]`]:
    /config-map-denied/,
  [`volumes: [{mount: v, configMap: ${own}-values, path: /v}]`]: /config-map-denied/,
  [`annotations: {sidecar.istio.io/userVolume: '[{"name":"x","configMap":{"name":"${own}-values"}}]'}`]:
    /config-map-denied/,
  [fromTask("$.t.image")]: /task-not-before/,
  [fromTask(`$["${own}"].image`)]: /unknown-task/,
  [fromTask("$.__proto__.image")]: /unknown-task/,
  [fromTask("$..image")]: /bad-jsonpath/,
  [fromTask("$[?(process.exit(1))]")]: /bad-jsonpath/,
  [`env: [${Array.from({ length: 2000 }, (_, i) => `{name: V${i}, valueFrom: task, value: $.t.v}`).join(", ")}]`]:
    /too-many-task-values/,
};

/** What leads out of the task's own pod, and what speaks against it. */
const extras: Readonly<Record<string, RegExp>> = {
  [mount("path: /a, hostPath: /")]: /unknown-key/,
  [mount("path: /a, emptyDir: {}, hostPath: {path: /}")]: /unknown-key/,
  [mount("path: /a, emptyDir: {size: 9999999999Gi}")]: /volume-too-large/,
  [mount("path: /a, claim: other-teams-data")]: /volume-not-allowed/,
  [mount("path: /a, secret: carts")]: /volume-not-allowed/,
  [mount("path: /a, configMap: ../x")]: /bad-config-map-name/,
  [mount("path: /a/../keptn, emptyDir: {}")]: /bad-mount-path/,
  [mount("path: /keptn/bin, emptyDir: {}")]: /bad-mount-path/,
  [mount("path: /dev, emptyDir: {}")]: /bad-mount-path/,
  [mount("path: //var/run/secrets, emptyDir: {}")]: /bad-mount-path/,
  [mount("path: /run/secrets/kubernetes.io/serviceaccount, emptyDir: {}")]: /bad-mount-path/,
  [mount(`path: "/${"a/".repeat(100_000)}b", emptyDir: {}`)]: /bad-mount-path/,
  "volumes: [{mount: keptn-files, path: /a, emptyDir: {}}]": /bad-volume-name/,
  "volumes: [{mount: keptn-ca, path: /a, emptyDir: {}}]": /bad-volume-name/,
  [`volumes: [${Array.from({ length: 2000 }, () => "{mount: a, path: /a, emptyDir: {}}").join(", ")}]`]:
    /too-many-entries/,
  "volume: {size: 1Ti}": /bad-size/,
  "volume: {size: 100Gi, medium: Memory}": /volume-too-large/,
  "labels: {keptn.sh/jes-run: other}": /reserved-label/,
  "labels: {kueue.x-k8s.io/queue-name: q}": /reserved-label/,
  "labels: {serving.knative.dev/service: start-job}": /reserved-label/,
  "labels: {app: api-gateway-nginx}": /label-not-allowed/,
  [`labels: {${Array.from({ length: 2000 }, (_, i) => `l${i}: x`).join(", ")}}`]: /too-many-entries/,
  'nodeSelector: {node-role.kubernetes.io/control-plane: ""}': /node-selector-not-allowed/,
  "tolerations: [{operator: Exists}]": /toleration-not-allowed/,
  "priorityClassName: system-node-critical": /priority-class-not-allowed/,
  "runtimeClassName: runc": /runtime-class-not-allowed/,
};

/** @param task a config of one task with these fields beside its name and image */
export const reachingFor = (task: Task): readonly HostileConfig[] => [
  ...Object.entries(tokens).map(
    ([what, fields]): HostileConfig => ({ what, config: task(fields), ends: "errored", says: /secret-denied/ }),
  ),
  ...Object.entries(values).map(
    ([fields, says]): HostileConfig => ({ what: fields.slice(0, 100), config: task(fields), ends: "errored", says }),
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
  ...Object.entries(extras).map(
    ([fields, says]): HostileConfig => ({ what: fields.slice(0, 70), config: task(fields), ends: "errored", says }),
  ),
  {
    what: "no AppArmor profile, by an annotation",
    config: task("annotations: {container.apparmor.security.beta.kubernetes.io/any: unconfined}"),
    ends: "errored",
    says: /privileged-not-allowed/,
  },
];
