// A job config in the encodings that common editors and shells write: Keptn delivers bytes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { toDeliveryResult } from "../../functions/lib/host/delivery-result.ts";
import { startJob } from "../../functions/start-job/handler.ts";
import { openWorld } from "../doubles/world.ts";

const type = "sh.keptn.event.deployment.triggered";
const config = `apiVersion: v2\nactions:\n  - {name: Grüße, events: [{name: ^${type}$}], tasks: [{name: t, image: alpine}]}\n`;

const bytes: Readonly<Record<string, { content: Buffer; jobs: number }>> = {
  "UTF-16 with a mark": { content: Buffer.from(`\ufeff${config}`, "utf16le"), jobs: 1 },
  "UTF-8 with a mark": { content: Buffer.from(`\ufeff${config}`), jobs: 1 },
  "Latin-1, which is refused, and answered": { content: Buffer.from(config, "latin1"), jobs: 0 },
};

for (const [name, { content, jobs }] of Object.entries(bytes)) {
  test(`a job config in ${name}`, async (context) => {
    const world = await openWorld(context);
    world.keptn.plane.projects.addFiles({ project: "sockshop" } as never, { "job/config.yaml": content });
    const event = world.keptn.trigger({ type });
    const answer = await toDeliveryResult(world.ports.log, () => startJob(world.ports)(event));
    assert.equal(answer.statusCode, 204);
    assert.equal(world.jobs().length, jobs);
    assert.equal(world.sent("started").length, 1);
    const finished = world.sent("finished").map(({ data }) => String(data["message"]));
    if (jobs > 0) assert.deepEqual(finished, []);
    else assert.match(finished.join(), /job\/config.yaml:3:14 error bad-encoding: The byte 0xFC/);
  });
}
