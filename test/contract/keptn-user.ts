// What a user of Keptn does, over its API: the same calls on a real Keptn and on the double.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { type KeptnEvent, parseKeptnEvent } from "../../functions/lib/core/event/keptn-event.ts";

/** Where a Keptn is, and how to get in. */
export interface KeptnAddress {
  readonly endpoint: string;
  readonly token: string;
}

/** As much of `sequence-execution` as a test looks at. */
export interface ExecutionStatus {
  readonly state: string;
  readonly previousTasks: readonly { readonly name: string; readonly result: string; readonly status: string }[];
}

export interface KeptnUser {
  createProject(name: string, shipyard: string): Promise<void>;
  createService(project: string, service: string): Promise<void>;
  deleteProject(name: string): Promise<void>;
  /** @returns the commit */
  addFiles(at: FilesAt, files: Readonly<Record<string, string | Buffer>>): Promise<string>;
  /** @returns the sequence's context */
  trigger(at: { project: string; stage: string; service: string }, sequence: string, data?: object): Promise<string>;
  /** As another service does. @returns the event as Keptn stored it */
  publish(event: {
    type: string;
    source: string;
    data: object;
  }): Promise<{ readonly id: string; readonly type: string }>;
  /** The event of this type that Keptn has open in this context, as soon as Keptn hears its answers. */
  nextEvent(project: string, context: string, type: string): Promise<KeptnEvent>;
  listOpen(project: string, type: string): Promise<readonly KeptnEvent[]>;
  abort(project: string, context: string): Promise<void>;
  /** Adds a subscription to an integration of this name. */
  subscribe(integration: string, subscription: object): Promise<{ readonly id: string; remove(): Promise<void> }>;
  /** Every event of a context, the oldest first. */
  listStored(context: string): Promise<readonly { readonly type: string; readonly source: string }[]>;
  /** As Keptn does with one that it does not hear of. */
  forgetIntegration(name: string): Promise<void>;
  status(project: string, context: string): Promise<ExecutionStatus>;
}

export interface FilesAt {
  readonly project: string;
  readonly stage?: string;
  readonly service?: string;
}

export const makeUser = (address: KeptnAddress): KeptnUser => {
  const call = makeCall(address);
  const executions = async (project: string, context: string) =>
    (await call("GET", `controlPlane/v1/sequence-execution?project=${project}&keptnContext=${context}`))
      .sequenceExecutions ?? [];
  const listOpen: KeptnUser["listOpen"] = async (project, type) => {
    const found = await call("GET", `controlPlane/v1/event/triggered/${type}?project=${project}`);
    return (found.events ?? []).map(parseOpen);
  };
  return {
    listOpen,
    createProject: (name, shipyard) =>
      call("POST", "controlPlane/v1/project", { name, shipyard: Buffer.from(shipyard).toString("base64") }),
    createService: (project, serviceName) =>
      call("POST", `controlPlane/v1/project/${project}/service`, { serviceName }),
    deleteProject: (name) => call("DELETE", `controlPlane/v1/project/${name}`),
    addFiles: async ({ project, stage, service }, files) => {
      const level = `${stage ? `/stage/${stage}` : ""}${service ? `/service/${service}` : ""}`;
      const resources = Object.entries(files).map(([resourceURI, content]) => ({
        resourceURI,
        resourceContent: Buffer.from(content).toString("base64"),
      }));
      return (await call("POST", `resource-service/v1/project/${project}${level}/resource`, { resources })).commitID;
    },
    trigger: async (at, sequence, data = {}) => {
      const type = `sh.keptn.event.${at.stage}.${sequence}.triggered`;
      const event = { specversion: "1.0", type, source: "test", contenttype: "application/json" };
      return (await call("POST", "v1/event", { ...event, data: { ...at, ...data } })).keptnContext;
    },
    publish: async (event) => {
      const more = { specversion: "1.0", contenttype: "application/json" };
      const { keptnContext } = await call("POST", "v1/event", { ...more, ...event });
      return until(`${event.type} is stored`, async () => {
        const { events } = await call("GET", `mongodb-datastore/event?keptnContext=${keptnContext}`);
        return events?.[0];
      });
    },
    nextEvent: (project, context, type) =>
      until(`${type} of ${context} is heard`, async () => {
        const event = (await listOpen(project, type)).find(({ shkeptncontext }) => shkeptncontext === context);
        const [execution] = await executions(project, context);
        return event && execution?.status.currentTask?.triggeredID === event.id ? event : undefined;
      }),
    abort: (project, context) =>
      call("POST", `controlPlane/v1/sequence/${project}/${context}/control`, { state: "abort" }),
    subscribe: async (integration, subscription) => {
      const registration = "controlPlane/v1/uniform/registration";
      const [found] = await call("GET", `${registration}?name=${integration}`);
      const path = `${registration}/${found.id}/subscription`;
      const { id } = await call("POST", path, subscription);
      return { id, remove: () => call("DELETE", `${path}/${id}`) };
    },
    listStored: async (context) => {
      const path = `mongodb-datastore/event?keptnContext=${context}&pageSize=100`;
      return ((await call("GET", path)).events ?? []).toReversed();
    },
    forgetIntegration: async (name) => {
      const registration = "controlPlane/v1/uniform/registration";
      const [found] = await call("GET", `${registration}?name=${name}`);
      await call("DELETE", `${registration}/${found.id}`);
    },
    status: async (project, context) => (await executions(project, context))[0]?.status,
  };
};

// biome-ignore lint/suspicious/noExplicitAny: what comes back is looked at by the tests
type Answer = any;

const makeCall =
  ({ endpoint, token }: KeptnAddress) =>
  async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const headers = { "x-token": token, "content-type": "application/json" };
    const answer = await fetch(`${endpoint}/${path}`, {
      method,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return text === "" ? {} : JSON.parse(text);
  };

const parseOpen = (value: unknown): KeptnEvent => {
  const parsed = parseKeptnEvent(value);
  assert.equal(parsed.kind, "event");
  return (parsed as { event: KeptnEvent }).event;
};

/** Asks until there is something. */
export const until = async <T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  deadlineMs = 30_000,
): Promise<T> => {
  const endsAtMs = Date.now() + deadlineMs;
  for (;;) {
    const found = await ask();
    if (found !== undefined && found !== false) return found;
    assert.ok(Date.now() < endsAtMs, `not within ${deadlineMs} ms: ${what}`);
    await sleep(100);
  }
};

/** Triggers anew, at most three times, where nothing of a sequence arrives: webhook-service hears late of a new subscription. */
export const triggerUntil = async (
  user: KeptnUser,
  { at, sequence, data }: { readonly at: FilesAt & { stage: string; service: string }; sequence: string; data: object },
  hasArrived: () => boolean,
): Promise<string> => {
  for (let tries = 1; ; tries++) {
    const context = await user.trigger(at, sequence, data);
    try {
      await until(`something of ${sequence} arrives`, async () => hasArrived());
      return context;
    } catch (fault) {
      if (tries === 3) throw fault;
      await user.abort(at.project, context);
    }
  }
};
