// The Secret with Keptn's token: made of JES's values as JES's chart does, and never lost in an upgrade.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { startServer } from "../doubles/http-server.ts";
import { makeTempFolder } from "../doubles/temp-folder.ts";
import type { KubernetesObject } from "../manifests/overlays.ts";
import { noHelm, render } from "./helm.ts";

const secretIn = (objects: readonly KubernetesObject[]): KubernetesObject | undefined =>
  objects.find(({ kind }) => kind === "Secret");

const inBase64 = (text: string): string => Buffer.from(text).toString("base64");

/** An API server that has this Secret and nothing else. @returns how helm reaches it */
const startCluster = async (context: TestContext, release: string): Promise<{ more: string[] }> => {
  const metadata = { name: "job-service-keptn-secrets", annotations: { "meta.helm.sh/release-name": release } };
  const data = { token: inBase64("old-token"), oauth_client_secret: "" };
  const resources = [{ name: "secrets", singularName: "", namespaced: true, kind: "Secret", verbs: ["get"] }];
  const bodies: Readonly<Record<string, object>> = {
    "/version": { major: "1", minor: "34", gitVersion: "v1.34.0" },
    "/api/v1": { kind: "APIResourceList", groupVersion: "v1", resources },
    [`/api/v1/namespaces/keptn-jes/secrets/${metadata.name}`]: { apiVersion: "v1", kind: "Secret", metadata, data },
  };
  const { url, close } = await startServer((request, response) => {
    const body = bodies[String(request.url).split("?")[0] ?? ""];
    response.writeHead(body ? 200 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify(body ?? { kind: "Status", apiVersion: "v1", status: "Failure", code: 404 }));
  });
  context.after(close);
  const kubeconfig = join(await makeTempFolder(context), "kubeconfig");
  const cluster = { clusters: [{ name: "c", cluster: { server: url } }], users: [{ name: "u", user: {} }] };
  const contexts = [{ name: "x", context: { cluster: "c", user: "u" } }];
  const config = { apiVersion: "v1", kind: "Config", "current-context": "x", contexts, ...cluster };
  await writeFile(kubeconfig, JSON.stringify(config));
  return { more: ["--dry-run=server", "--kubeconfig", kubeconfig] };
};

describe("the Secret", { skip: noHelm }, () => {
  test("is the operator's own unless a value has its content", async () =>
    assert.equal(secretIn(await render({})), undefined));

  test("is made of JES's values", async () => {
    const api = { token: "new-token", authMode: "oauth", oauth: { clientSecret: "secret" } };
    const secret = secretIn(await render({ remoteControlPlane: { api } }));
    assert.equal(secret?.metadata.name, "job-service-keptn-secrets");
    assert.deepEqual(secret?.["data"], { token: inBase64("new-token"), oauth_client_secret: inBase64("secret") });
  });

  test("of the release that is upgraded stays, so that the token of JES's chart is not deleted", async (context) => {
    const cluster = await startCluster(context, "release");
    const secret = secretIn(await render({}, "keptn-jes", cluster));
    assert.equal(secret?.["data"].token, inBase64("old-token"));
    const changed = await render({ remoteControlPlane: { api: { token: "new-token" } } }, "keptn-jes", cluster);
    assert.equal(secretIn(changed)?.["data"].token, inBase64("new-token"));
  });

  test("of somebody else is not taken over", async (context) => {
    const cluster = await startCluster(context, "other");
    assert.equal(secretIn(await render({}, "keptn-jes", cluster)), undefined);
  });
});
