// Whether the pod of a task is well as far as its Job says.
import type { Job } from "./kubernetes.ts";

/**
 * Of a Ready pod every container runs, the task's own too: neither has that ended behind a sidecar, nor does anything keep it from
 * starting. The Job controller counts them (batch/v1 JobStatus.ready; Kubernetes 1.29 and later always); the kubelet calls no pod
 * Ready of which a container has ended (pkg/kubelet/status/generate.go).
 */
export const isPodReady = ({ status }: Job): boolean => status?.active === 1 && status.ready === 1;
