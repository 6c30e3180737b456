// The NATS queue group of keptn-source: its members share the events; other groups get all of them.
import type { Settings } from "../settings/settings.ts";

/**
 * Named by name and namespace, like Keptn's registrations: a second installation on the same Keptn, or a JES, has its own group.
 * Replicas of one Deployment, and the old and the new pod of a rollout, share one.
 */
export const natsGroupOf = ({ PUBSUB_GROUP, KEPTN_SOURCE, K8S_NAMESPACE }: Settings): string =>
  PUBSUB_GROUP ?? `${KEPTN_SOURCE}.${K8S_NAMESPACE}`;
