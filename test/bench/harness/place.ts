// Where functions are measured: a Keptn and an API server, the environment that leads programs to them, and events.
import type { Agent } from "node:http";
import type { KeptnEvent } from "../../../functions/lib/core/event/keptn-event.ts";
import { type EventRequest, requestOfEvent } from "../../doubles/requests.ts";
import type { TellingKeptn } from "./keptn.ts";

export interface Place extends TellingKeptn {
  /** As the rows name it. */
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  /** The API server that KUBECONFIG in `env` leads to. */
  readonly apiServer: { readonly url: string; readonly agent?: Agent };
  close(): Promise<void>;
}

const type = "sh.keptn.event.deployment.triggered";

/** One action of one task. @param resources of the task, in YAML */
export const makeConfig = (resources = "{}"): string => `apiVersion: v2
actions:
  - name: deploy
    events: [{name: ${type}}]
    tasks:
      - name: Deploy
        image: example.org/deploy:1.2.3
        cmd: [deploy]
        args: [--to, $(STAGE)]
        env: [{name: STAGE, value: $.data.stage, valueFrom: event}]
        resources: ${resources}
`;

export const configure = (keptn: TellingKeptn["keptn"], config: string): void => {
  keptn.plane.projects.addFiles({ project: "sockshop", stage: "dev", service: "carts" }, { "job/config.yaml": config });
};

/** An event that Keptn waits for, and the request that brings it. */
export const trigger = ({ keptn }: Place): { readonly event: KeptnEvent; readonly request: EventRequest } => {
  const event = keptn.trigger({ type, labels: { build: "17" } });
  return { event, request: requestOfEvent({ ...event }) };
};
