// Warnings of job-executor connect --list: tasks that are not connected yet, and subscriptions that take events from each other.
import { type Connection, parseConnections } from "../../lib/core/connect/connections.ts";
import { overlapsAmong } from "../../lib/core/connect/overlaps.ts";
import {
  describeSelection,
  everyTask,
  isSameSelection,
  type Selection,
  type WebhookSubscription,
} from "../../lib/core/connect/selection.ts";
import { taskTypesOf } from "../../lib/core/connect/task-types.ts";
import { covers } from "../../lib/core/source/subject.ts";
import { IoError } from "../../lib/io-error.ts";
import { ownerOf } from "./events.ts";
import type { ConnectOptions, ConnectPorts } from "./ports.ts";

interface Connected extends Selection {
  readonly event: string;
}

/**
 * For projects that are connected for every task: tasks that were added to the shipyard file since.
 * @throws IoError of Keptn's
 */
export const missingTasks = async (
  connected: readonly Connected[],
  { keptn, cluster }: ConnectPorts,
  { namespace }: ConnectOptions,
): Promise<readonly string[]> => {
  const said: string[] = [];
  for (const note of (await readNotes(cluster, namespace)).filter(({ events }) => events.includes(everyTask))) {
    const own = connected.filter((one) => isSameSelection(one, note));
    if (own.length === 0) continue;
    const types = taskTypesOf(note, await keptn.readShipyard(note.project));
    const missing = types.filter((type) => !own.some(({ event }) => covers(event, type)));
    if (missing.length > 0)
      said.push(`${describeSelection(note)}: ${missing.join(", ")} not connected. -> To connect: ${commandOf(note)}`);
  }
  return said;
};

/** Returns nothing if the ConfigMap may not be read. */
const readNotes = async (cluster: ConnectPorts["cluster"], namespace: string): Promise<readonly Connection[]> => {
  try {
    return parseConnections((await cluster.readConnections(namespace)).data);
  } catch (fault) {
    if (!(fault instanceof IoError)) throw fault;
    return [];
  }
};

const commandOf = ({ project, stage, service }: Selection): string =>
  `job-executor connect --project ${project}${stage ? ` --stage ${stage}` : ""}${service ? ` --service ${service}` : ""}`;

export const overlapLines = (subscriptions: readonly WebhookSubscription[]): readonly string[] =>
  overlapsAmong(subscriptions).map(
    ({ pattern, others }) =>
      `An event that matches ${describe(pattern)} and one of ${describe(others)} reaches only one of them, so both lose events. -> Subscribe to tasks by name (docs/webhook-route.md).`,
  );

const describe = (subscriptions: readonly WebhookSubscription[]): string =>
  [...new Set(subscriptions.map(({ event }) => event))]
    .map((event) => {
      const own = subscriptions.filter((one) => one.event === event);
      return `${event} (${[...new Set(own.map(({ filter }) => ownerOf(filter.projects)))].join(", ")})`;
    })
    .join(", ");
