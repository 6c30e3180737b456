// How Keptn's Bridge knows us: the registration of this integration, and its error log.
import { hostname } from "node:os";
import * as z from "zod";
import type { Settings } from "../../core/settings.ts";
import { type Subscription, subscriptionsOf } from "../../core/source/subscription.ts";
import type { ErrorLogEntry } from "../keptn.ts";
import type { KeptnApi } from "./api.ts";
import { lateShape } from "./shape.ts";

export interface Uniform {
  /** Registers this integration, or shows Keptn that it is still there; seldom, however often it is called. @throws IoError */
  register(): Promise<void>;
  /** @throws IoError */
  log(entry: ErrorLogEntry, api: KeptnApi): Promise<void>;
}

/** Keptn forgets an integration that was not seen for 48 h (chart, uniformIntegrationTTL): any less will do. */
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
      await within.call({
        method: "POST",
        path: "controlPlane/v1/log",
        body: { logs },
        shape: lateShape(() => z.unknown()),
      });
    },
  };
};

const registration = lateShape(() => z.object({ id: z.string() }));

/**
 * One of the same name and namespace is found again; its subscriptions stay as the Bridge's users set them (uniformintegrationhandler.go).
 * @param subscriptions of an integration that Keptn does not know yet
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
