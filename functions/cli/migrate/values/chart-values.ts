// Default values of JES's Helm chart 0.3.0 (chart/values.yaml).
import { jsonTree } from "../../../lib/core/yaml/json-tree.ts";
import type { TreeMap } from "./values.ts";

const restrictedPod = { privileged: false, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true };
const restrictedUser = { runAsNonRoot: true, runAsUser: 1000, runAsGroup: 2000 };
const runtimeDefault = { seccompProfile: { type: "RuntimeDefault" } };

const tasks = ["test", "deployment", "evaluation", "release", "approval", "action"];
const topicsOf = (names: readonly string[]): string =>
  names.map((name) => `sh.keptn.event.${name}.triggered`).join(",");

/** With the types that they have in Helm. */
export const typedChartValues = {
  replicaCount: 1,
  image: { repository: "docker.io/keptncontrib/job-executor-service", pullPolicy: "IfNotPresent", tag: "" },
  subscription: { pubsubTopic: topicsOf(tasks) },
  jobexecutorserviceinitcontainer: {
    image: { repository: "docker.io/keptncontrib/job-executor-service-initcontainer", tag: "" },
  },
  distributor: {
    stageFilter: "",
    serviceFilter: "",
    projectFilter: "",
    image: { repository: "docker.io/keptn/distributor", pullPolicy: "IfNotPresent", tag: "0.17.0" },
    config: { queueGroup: { enabled: true } },
    securityContext: { ...restrictedPod, runAsNonRoot: true, runAsUser: 65532 },
  },
  remoteControlPlane: {
    topicSubscription: topicsOf(tasks.slice(0, -1)),
    autoDetect: { enabled: false, namespace: "" },
    api: {
      protocol: "http",
      apiValidateTls: true,
      hostname: "api-gateway-nginx.keptn",
      authMode: "token",
      token: "",
      oauth: { clientId: "", clientSecret: "", clientDiscovery: "", scopes: "" },
    },
  },
  jobConfig: {
    serviceAccount: { create: true, name: "default-job-account", annotations: {} },
    allowedImageList: "",
    labels: {},
    allowPrivilegedJobs: false,
    podSecurityContext: { RunAsUser: 1000, RunAsGroup: 2000, RunAsNonRoot: true, fsGroup: 2000, ...runtimeDefault },
    jobSecurityContext: { ...restrictedPod, ...restrictedUser, capabilities: { drop: ["all"] }, ...runtimeDefault },
    taskDeadlineSeconds: 0,
    networkPolicy: { enabled: false, blockCIDRs: [] },
  },
  imagePullSecrets: [],
  serviceAccount: { create: true, annotations: {}, name: "" },
  config: { storageClassName: "gp2", storageVolumeName: "job-executor-service-git-volume" },
  podAnnotations: {},
  podSecurityContext: { fsGroup: 2000 },
  securityContext: { ...restrictedPod, ...restrictedUser, capabilities: { drop: ["all"] }, ...runtimeDefault },
  service: { type: "ClusterIP", port: 8080 },
  resources: { limits: { cpu: 1, memory: "512Mi" }, requests: { cpu: "50m", memory: "128Mi" } },
  nodeSelector: {},
  tolerations: [],
  affinity: {},
  networkPolicy: { ingress: { enabled: false }, egress: { enabled: false, k8sMasterCIDR: "", k8sMasterPort: 0 } },
};

export const chartValues = jsonTree(JSON.stringify(typedChartValues)) as TreeMap;
