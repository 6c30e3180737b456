// Our integration in Keptn's Bridge: its registration and its error log.
import { hostname } from "node:os";
import * as z from "zod";
import type { Settings } from "../core/settings/settings.ts";
import { type Subscription, subscriptionsOf } from "../core/source/subscription.ts";
import type { KeptnApi } from "./api.ts";
import type { ErrorLogEntry } from "./ports.ts";
import { anything, lateShape } from "./shape.ts";

export interface Uniform {
  /** Registers this integration or renews its registration; rate-limited. @throws IoError */
  register(): Promise<void>;
  /** @throws IoError */
  log(entry: ErrorLogEntry, api: KeptnApi): Promise<void>;
}

/** Must be less than 48 h, after which Keptn forgets an integration (chart, uniformIntegrationTTL). */
const refreshMs = 10 * 60 * 1000;

export const makeUniform = (api: KeptnApi, settings: Settings): Uniform => {
  let last: { readonly id: Promise<string>; readonly atMs: number } | undefined;
  const registered = (): Promise<string> => {
    if (last && performance.now() - last.atMs < refreshMs) return last.id;
    const fresh = { id: sendRegistration(api, settings), atMs: performance.now() };
    fresh.id.catch(() => {
      if (last === fresh) last = undefined;
    });
    last = fresh;
    return fresh.id;
  };
  return {
    register: async () => {
      await registered();
    },
    log: async (entry, within) => {
      const logs = [{ integrationid: await registered(), ...entry }];
      await within.call({ method: "POST", path: "controlPlane/v1/log", body: { logs }, shape: anything });
    },
  };
};

const registration = lateShape(() => z.object({ id: z.string() }));

/**
 * Keptn finds an existing integration by name and namespace, and keeps its users' subscriptions (uniformintegrationhandler.go).
 * @param subscriptions used only if Keptn does not know the integration yet
 * @returns its id
 */
export const sendRegistration = async (
  api: KeptnApi,
  settings: Settings,
  subscriptions: readonly Subscription[] = subscriptionsOf(settings),
): Promise<string> => {
  const body = { ...makeIntegration(settings), subscriptions };
  const path = "controlPlane/v1/uniform/registration";
  return (await api.call({ method: "POST", path, body, shape: registration })).id;
};

const makeIntegration = (settings: Settings) => ({
  name: settings.KEPTN_SOURCE,
  metadata: {
    hostname: settings.K8S_NODE_NAME,
    integrationversion: settings.K8S_DEPLOYMENT_VERSION,
    distributorversion: "",
    location: "control-plane",
    kubernetesmetadata: {
      namespace: settings.K8S_NAMESPACE,
      podname: hostname(),
      deploymentname: settings.K8S_DEPLOYMENT_NAME,
    },
  },
});
