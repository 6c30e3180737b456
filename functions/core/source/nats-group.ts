// The NATS queue group of keptn-source: its members share the events, everybody else gets all of them.
import type { Settings } from "../settings.ts";

/**
 * As Keptn tells registrations apart, by name and namespace: a second installation on the same Keptn, or a JES, has a group of its own.
 * Replicas of one Deployment, and an old and a new pod of a rollout, are in the same one.
 */
export const natsGroupOf = ({ PUBSUB_GROUP, KEPTN_SOURCE, K8S_NAMESPACE }: Settings): string =>
  PUBSUB_GROUP ?? `${KEPTN_SOURCE}.${K8S_NAMESPACE}`;
