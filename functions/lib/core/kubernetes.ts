// Types of the Kubernetes objects that we read and write, as in the API server's JSON.
import type { V1ConfigMap } from "@kubernetes/client-node/dist/gen/models/V1ConfigMap.js";
import type { V1Job } from "@kubernetes/client-node/dist/gen/models/V1Job.js";
import type { V1Pod } from "@kubernetes/client-node/dist/gen/models/V1Pod.js";

/** The client's types with times as RFC 3339 text, as on the wire, instead of Date. */
type Json<T> = T extends Date
  ? string
  : T extends (infer U)[]
    ? Json<U>[]
    : T extends object
      ? { [K in keyof T]: Json<T[K]> }
      : T;

export type Job = Json<V1Job>;
export type JobSpec = NonNullable<Job["spec"]>;
export type Pod = Json<V1Pod>;
export type PodSpec = NonNullable<Pod["spec"]>;
export type Container = PodSpec["containers"][number];
export type ContainerStatus = NonNullable<NonNullable<Pod["status"]>["containerStatuses"]>[number];
export type EnvVar = NonNullable<Container["env"]>[number];
export type SecurityContext = NonNullable<Container["securityContext"]>;
export type PodSecurityContext = NonNullable<PodSpec["securityContext"]>;
export type ResourceRequirements = NonNullable<Container["resources"]>;
export type Volume = NonNullable<PodSpec["volumes"]>[number];
export type ConfigMap = Json<V1ConfigMap>;
