// connect and disconnect with an in-memory Keptn and cluster.
import type { connect } from "../../../functions/cli/connect/handler.ts";
import type { ConnectOptions, ConnectPorts } from "../../../functions/cli/connect/ports.ts";
import type { WebhookSubscription } from "../../../functions/lib/core/connect/selection.ts";
import { IoError } from "../../../functions/lib/io-error.ts";
import type { ProbeAnswer } from "../../../functions/lib/keptn/webhooks.ts";
import type { Connections } from "../../../functions/lib/kubernetes/connections.ts";
import { makeTerminal } from "../../doubles/terminal.ts";

interface Given {
  readonly file?: string;
  readonly subscriptions?: readonly WebhookSubscription[];
  readonly hasService?: boolean;
  readonly denyList?: string;
  readonly answer?: ProbeAnswer;
  readonly broker?: string;
  readonly mayWrite?: boolean;
  readonly forgetsRemovals?: boolean;
  readonly mayRead?: boolean;
}

const forbidden = new IoError("configmaps is forbidden", { retryable: false, httpStatus: 403 });
export const url = "http://broker-ingress.knative-eventing.svc.cluster.local/jes/keptn";

export const shipyardOf = (...tasks: readonly string[]) =>
  `spec: {stages: [{name: dev, sequences: [{name: delivery, tasks: [${tasks.map((name) => `{name: ${name}}`)}]}]}]}`;
export const typeOf = (task: string) => `sh.keptn.event.${task}.triggered`;
/** The events of a connected project with the task `deploy`, the probe last. */
export const usual = ["deploy", "evaluation", "get-sli", "job-executor-probe"].map(typeOf);
export const other = (event: string): WebhookSubscription => ({
  ...{ id: "theirs", event, filter: { projects: ["shop"], stages: [], services: [] } },
});

export const open = (given: Given = {}) => {
  let [nowMs, made] = [0, 0];
  const state = {
    file: given.file,
    denyList: given.denyList ?? "localhost",
    subscriptions: [...(given.subscriptions ?? [])],
    connections: { data: {}, allowed: [] } as Connections,
    schedule: undefined as string | undefined,
    shipyard: shipyardOf("deploy"),
    writes: 0,
    failsToWrite: false,
  };
  const ports: ConnectPorts = {
    now: () => new Date(nowMs),
    sleep: async (ms) => {
      nowMs += ms;
    },
    keptn: {
      getProject: async (name) =>
        name === "p" ? { stages: [{ name: "dev", services: given.hasService === false ? [] : ["carts"] }] } : undefined,
      readShipyard: async () => state.shipyard,
      findIntegration: async () => ({ id: "w", subscriptions: state.subscriptions }),
      create: async (_, body) => {
        made += 1;
        state.subscriptions.push({ ...body, id: `s${made}` });
        return `s${made}`;
      },
      remove: async (_, id) => {
        if (!given.forgetsRemovals) state.subscriptions = state.subscriptions.filter((one) => one.id !== id);
      },
      readFile: async () => state.file,
      writeFile: async (_, text) => {
        if (state.failsToWrite) throw new IoError("Keptn POST resource: 500", { retryable: true });
        state.writes += 1;
        state.file = text;
      },
      deleteFile: async () => {
        state.file = undefined;
      },
      sendProbe: async () => "context",
      listAnswers: async () =>
        [given.answer ?? { from: "job-executor-service", result: "pass", message: "" }].filter(
          ({ from }) => from !== "nobody",
        ),
    },
    cluster: {
      getBrokerUrl: async () => ("broker" in given ? given.broker : url),
      getDenyList: async () => state.denyList,
      setDenyList: async (_, text) => {
        state.denyList = text;
      },
      readConnections: async () => {
        if (given.mayRead === false) throw forbidden;
        return state.connections;
      },
      writeConnections: async (_, next) => {
        if (given.mayWrite === false) throw forbidden;
        state.connections = next;
      },
      getLookTimer: async () => state.schedule,
      applyLookTimer: async (_, schedule) => {
        state.schedule = schedule;
      },
      deleteLookTimer: async () => {
        state.schedule = undefined;
      },
    },
  };
  const run = async (act: typeof connect, more: Partial<ConnectOptions> = {}) => {
    const terminal = makeTerminal(() => new Date(0));
    const options = { project: "p", namespace: "jes", keptnNamespace: "keptn", probe: true, format: "text" } as const;
    const code = await act({ ...options, ...more }, ports, terminal);
    return { code, said: terminal.stderr.join("\n"), stdout: terminal.stdout.join("\n") };
  };
  return { state, run };
};
