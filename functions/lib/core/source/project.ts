// A Keptn project and the event types that its shipyard file can produce.
import { isTreeMap, listIn, readYaml, type Tree } from "../yaml/tree.ts";

export interface Project {
  readonly name: string;
  /** `.triggered` events of its tasks and sequences. */
  readonly types: readonly string[];
}

/** Every project has this one-task sequence, even if its shipyard file does not (shipyard-controller, GetTaskSequenceInStage). */
const builtIn = "sh.keptn.event.evaluation.triggered";

/**
 * @param shipyard a shipyard file; if it is malformed, only the built-in type remains
 * @param only restricts it to this stage
 */
export const makeProject = (name: string, shipyard: string, only?: string): Project => {
  const read = readYaml(shipyard, "shipyard.yaml");
  const types = "problems" in read ? [] : [...typesOf(read.tree, only)];
  return { name, types: [...new Set([...types, builtIn])] };
};

/** Shipyard 0.2: spec.stages[].sequences[].tasks[]. */
function* typesOf(tree: Tree, only: string | undefined): Generator<string> {
  for (const stage of listIn(valueIn(tree, "spec"), "stages")) {
    if (only !== undefined && valueIn(stage, "name") !== only) continue;
    for (const sequence of listIn(stage, "sequences")) {
      const names = [valueIn(stage, "name"), valueIn(sequence, "name")];
      if (names.every(isPart)) yield `sh.keptn.event.${names.join(".")}.triggered`;
      for (const task of listIn(sequence, "tasks")) {
        const taskName = valueIn(task, "name");
        if (isPart(taskName)) yield `sh.keptn.event.${taskName}.triggered`;
      }
    }
  }
}

const isPart = (name: Tree | undefined): name is string => typeof name === "string" && /^[^\s.*>]+$/.test(name);

const valueIn = (tree: Tree, key: string): Tree | undefined => (isTreeMap(tree) ? tree[key] : undefined);
