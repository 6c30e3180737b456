// The settings in manifests/ are the settings of the programs, none more and none less.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { parseSettings, settingsTable } from "../../functions/lib/core/settings/settings.ts";
import { buildManifests, type KubernetesObject, noKubectl, overlays } from "./overlays.ts";

const isSettings = ({ kind, metadata }: KubernetesObject): boolean =>
  kind === "ConfigMap" && metadata.name.startsWith("job-executor-settings");

/** What must not be in a ConfigMap, or is given as a file. */
const secrets = ["KEPTN_API_TOKEN", "KEPTN_API_TOKEN_FILE", "OAUTH_CLIENT_SECRET", "OAUTH_CLIENT_SECRET_FILE"];

test("settings.env names every setting that is no secret", async () => {
  const lines = (await readFile("manifests/base/settings.env", "utf8")).split("\n");
  const names = lines.filter((line) => line && !line.startsWith("#")).map((line) => line.split("=")[0]);
  const expected = Object.keys(settingsTable).filter((name) => !secrets.includes(name));
  assert.deepEqual(names.toSorted(), expected.toSorted());
});

for (const overlay of overlays) {
  test(`${overlay}: every program starts with its environment`, { skip: noKubectl }, async () => {
    const objects = await buildManifests(overlay);
    const settings = objects.find(isSettings)?.["data"];
    const services = objects.filter(({ apiVersion, kind }) => apiVersion.startsWith("serving.") && kind === "Service");
    assert.ok(services.length >= 2);
    for (const { metadata, spec } of services) {
      const [container] = spec.template.spec.containers;
      const own = Object.fromEntries(
        container.env.map(({ name, value }: { name: string; value: string }) => [name, value]),
      );
      const { FUNCTION, ...others } = own;
      const rest = Object.fromEntries(
        Object.entries(others).filter(([name]) => !/^(NODE_OPTIONS$|MALLOC_)/.test(name)),
      );
      assert.equal(FUNCTION, metadata.name);
      const unknown = Object.keys(rest).filter((name) => !(name in settingsTable));
      assert.deepEqual(unknown, []);
      const parsed = parseSettings({ ...settings, ...rest });
      assert.ok("settings" in parsed, JSON.stringify(parsed));
      assert.equal(parsed.settings.JOB_NAMESPACE, metadata.namespace);
      assert.equal(parsed.settings.INIT_CONTAINER_IMAGE, container.image);
      assert.equal(parsed.settings.TIMER_SINK, "finish-task");
    }
  });
}
