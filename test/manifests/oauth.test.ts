// The component oauth gives the programs the client's secret in place of the token, and takes nothing else from them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { buildManifests, buildWith, type KubernetesObject, noKubectl, overlays } from "./overlays.ts";

/** Names of each program's own variables. */
const variablesIn = (objects: readonly KubernetesObject[]): Record<string, string[]> =>
  Object.fromEntries(
    objects
      .filter(({ spec }) => spec?.template?.spec?.containers)
      .map(({ metadata, spec }) => {
        const env = spec.template.spec.containers[0].env as { name: string; value: string }[];
        return [metadata.name, env.map(({ name, value }) => `${name}=${value}`)];
      }),
  );

const [token, secret] = [
  "KEPTN_API_TOKEN_FILE=/etc/keptn/token",
  "OAUTH_CLIENT_SECRET_FILE=/etc/keptn/oauth_client_secret",
];

for (const overlay of overlays) {
  test(`${overlay} with oauth: the client's secret instead of the token`, { skip: noKubectl }, async () => {
    const [plain, oauth] = [
      variablesIn(await buildManifests(overlay)),
      variablesIn(await buildWith(overlay, ["oauth"])),
    ];
    assert.ok(Object.keys(plain).length >= 2);
    for (const [program, variables] of Object.entries(plain)) {
      assert.ok(variables.includes(token), program);
      assert.deepEqual(
        oauth[program],
        variables.map((one) => (one === token ? secret : one)),
      );
    }
  });
}
