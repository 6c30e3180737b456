// Hides removed subscriptions of a Keptn whose database does not really remove them.
import type { Webhooks } from "../../functions/lib/keptn/webhooks.ts";

/** MongoDB's `$pull` with a condition, which FerretDB answers and does not do: there no subscription can be removed. */
const removed = new Set<string>();
export const withRemoval = (keptn: Webhooks): Webhooks => ({
  ...keptn,
  remove: async (integration, id) => {
    await keptn.remove(integration, id);
    removed.add(id);
  },
  findIntegration: async () => {
    const found = await keptn.findIntegration();
    return found && { ...found, subscriptions: found.subscriptions.filter(({ id }) => !removed.has(id)) };
  },
});
