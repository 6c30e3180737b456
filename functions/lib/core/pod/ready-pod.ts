// Whether a task's pod is ready, according to its Job.
import type { Job } from "../kubernetes.ts";

/**
 * In a Ready pod every container runs, including the task's own: it has not ended before a sidecar, and nothing keeps it from starting.
 * The Job controller counts Ready pods (batch/v1 JobStatus.ready; always in Kubernetes 1.29 and later). The kubelet does not report a
 * pod as Ready if one of its containers has ended (pkg/kubelet/status/generate.go).
 */
export const isPodReady = ({ status }: Job): boolean => status?.active === 1 && status.ready === 1;
