// Our subscriptions in Keptn: registered once, and then managed by users in Keptn's Bridge.
import * as z from "zod";
import type { Settings } from "../core/settings/settings.ts";
import { type Subscription, subscriptionsOf } from "../core/source/subscription.ts";
import { IoError } from "../io-error.ts";
import type { KeptnApi } from "./api.ts";
import { orEmpty } from "./shape.ts";
import { sendRegistration } from "./uniform.ts";

/** Also renews our registration. @throws IoError */
export type GetSubscriptions = () => Promise<readonly Subscription[]>;

const names = orEmpty(z.array(z.string()));

export const subscriptionShape = z.object({
  event: z.string(),
  filter: z
    .object({ projects: names, stages: names, services: names })
    .nullish()
    .transform((filter) => filter ?? { projects: [], stages: [], services: [] }),
});

const integration = z.object({ subscriptions: orEmpty(z.array(subscriptionShape)) });

type Known = { readonly id: string; readonly subscriptions: readonly Subscription[] };

/**
 * Keptn forgets an integration that is not renewed (after 48 h in its chart), including users' changes. It is registered again with the
 * last known subscriptions.
 */
export const makeSubscriptions = (api: KeptnApi, settings: Settings): GetSubscriptions => {
  if (settings.DISABLE_REGISTRATION) return async () => subscriptionsOf(settings);
  let known: Known | undefined;
  return async () => {
    const pinged = known && (await ping(api, known.id));
    known = pinged ?? (await register(api, settings, known?.subscriptions));
    return known.subscriptions;
  };
};

const register = async (api: KeptnApi, settings: Settings, before?: readonly Subscription[]): Promise<Known> => {
  const id = await sendRegistration(api, settings, before);
  const pinged = await ping(api, id);
  if (pinged) return pinged;
  throw new IoError(`Keptn does not know the integration ${id}, which it has just registered.`, { retryable: true });
};

/** @returns undefined if Keptn has forgotten it */
const ping = async (api: KeptnApi, id: string): Promise<Known | undefined> => {
  const found = await api.call<z.output<typeof integration> | undefined>({
    method: "PUT",
    path: `controlPlane/v1/uniform/registration/${encodeURIComponent(id)}/ping`,
    shape: integration,
    absent: { messages: ["uniform integration not found"], value: undefined },
  });
  return found && { id, ...found };
};
