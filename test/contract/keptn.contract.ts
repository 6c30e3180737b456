// What we expect of Keptn: run on the double, and on a real control plane.
import { randomUUID } from "node:crypto";
import { after, before, describe } from "node:test";
import { connectKeptn } from "../../functions/lib/keptn/keptn.ts";
import { settingsFor } from "../doubles/keptn/settings.ts";
import { accessContract } from "./keptn-access.ts";
import type { KeptnBench } from "./keptn-bench.ts";
import { feedContract } from "./keptn-feed.ts";
import { resourcesContract } from "./keptn-resources.ts";
import { sequencesContract } from "./keptn-sequences.ts";
import { type KeptnAddress, makeUser } from "./keptn-user.ts";

const shipyard = `apiVersion: spec.keptn.sh/0.2.3
kind: Shipyard
metadata: {name: contract}
spec:
  stages:
    - name: dev
      sequences:
        - name: delivery
          tasks:
            - {name: deployment, properties: {deploymentstrategy: direct}}
            - {name: test, properties: {teststrategy: functional}}
`;

export const keptnContract = (name: string, open: () => Promise<KeptnAddress & { close(): Promise<void> }>): void => {
  describe(`Keptn contract: ${name}`, () => {
    const project = `contract-${randomUUID().slice(0, 8)}`;
    const bench = { at: { project, stage: "dev", service: "carts" } } as KeptnBench;
    let close = async (): Promise<void> => {};
    before(async () => {
      const world = await open();
      close = () => world.close();
      Object.assign(bench, { world, user: makeUser(world), keptn: connectKeptn(settingsFor(world)) });
      await bench.user.createProject(project, shipyard);
      await bench.user.createService(project, bench.at.service);
    });
    after(async () => {
      await bench.user?.deleteProject(project);
      await close();
    });

    sequencesContract(bench);
    feedContract(bench);
    resourcesContract(bench);
    accessContract(bench);
  });
};
