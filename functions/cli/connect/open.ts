// Opens the connections to Keptn and the cluster from environment and options, and explains their errors.
import { setTimeout } from "node:timers/promises";
import { renderProblems } from "../../lib/core/problem.ts";
import { parseKeptnSettings } from "../../lib/core/settings/keptn-settings.ts";
import { IoError } from "../../lib/io-error.ts";
import { connectApi as connectKeptnApi } from "../../lib/keptn/api.ts";
import { connectWebhooks } from "../../lib/keptn/webhooks.ts";
import { connectConnectionObjects } from "../../lib/kubernetes/connections.ts";
import type { Access } from "../../lib/kubernetes/kubeconfig.ts";
import type { ExitCode } from "../exit-codes.ts";
import { usageError } from "../fault.ts";
import { connectAs, explain, installationNamespace, reworded } from "../runs/cluster.ts";
import type { Terminal } from "../terminal.ts";
import type { ConnectOptions, ConnectPorts } from "./ports.ts";

type Opened = { readonly ports: ConnectPorts; readonly options: ConnectOptions };

export const openPorts = (given: ConnectOptions & Access, terminal: Terminal) => {
  const parsed = parseKeptnSettings(terminal.env);
  if ("problems" in parsed) throw usageError(renderProblems(parsed.problems));
  const { settings } = parsed;
  const api = connectAs(given, terminal.env);
  const options = { ...given, namespace: given.namespace ?? installationNamespace(api.namespace) };
  const ports: ConnectPorts = {
    keptn: connectWebhooks(connectKeptnApi(settings)),
    cluster: connectConnectionObjects(api),
    sleep: (ms) => setTimeout(ms).then(() => undefined),
    now: terminal.now,
  };
  return {
    explained: async (act: (opened: Opened) => Promise<ExitCode>): Promise<ExitCode> => {
      try {
        return await act({ ports, options });
      } catch (fault) {
        if (!(fault instanceof IoError)) throw fault;
        if (fault.message.startsWith("Keptn ")) throw explainKeptn(fault, settings.KEPTN_API_ENDPOINT ?? "");
        const { namespace } = options;
        throw explain(fault, { server: api.server, what: "the objects of the webhook route", namespace });
      }
    },
  };
};

const explainKeptn = (fault: IoError, endpoint: string): IoError => {
  const { httpStatus } = fault;
  const say = (message: string) => reworded(fault, message);
  switch (httpStatus) {
    case undefined:
      return say(`Keptn does not answer at ${endpoint}. Correct KEPTN_API_ENDPOINT, including /api. ${fault.message}`);
    case 401:
    case 429:
      return say(
        `Keptn at ${endpoint} rejects KEPTN_API_TOKEN (${httpStatus}). To read the token: kubectl -n keptn get secret keptn-api-token -o jsonpath='{.data.keptn-api-token}' | base64 -d`,
      );
    case 403:
      return say(
        `Keptn at ${endpoint} denies access (403). The token needs the rights to read projects, and to write integrations and resources. ${fault.message}`,
      );
    default:
      return fault;
  }
};
