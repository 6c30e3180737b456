// A values file of JES means to the chart what it means to `job-executor migrate`, or is refused with what to change.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { typedChartValues } from "../../functions/cli/migrate/values/chart-values.ts";
import { valueTable } from "../../functions/cli/migrate/values/value-table.ts";
import { parseSettings } from "../../functions/lib/core/settings/settings.ts";
import { goldenCases } from "../golden.ts";
import { buildMigrated } from "../manifests/migrated.ts";
import type { KubernetesObject } from "../manifests/overlays.ts";
import { noHelm, render } from "./helm.ts";

const isSettings = ({ metadata }: KubernetesObject): boolean => metadata.name.startsWith("job-executor-settings");

/** Settings as the programs read them: a JSON text has no order. */
const comparable = (objects: readonly KubernetesObject[]) =>
  objects
    .filter(({ kind }) => kind !== "Secret")
    .map((object) => (isSettings(object) ? { ...object, data: parseSettings(object["data"]) } : object))
    .map((object) => JSON.parse(JSON.stringify(object).replaceAll(/job-executor-settings-\w+/g, "settings")))
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

const keyOf = ({ apiVersion, kind, metadata }: KubernetesObject): string => [apiVersion, kind, metadata.name].join("/");

const options = { concurrency: 2, skip: noHelm };

// biome-ignore lint/suspicious/noExplicitAny: of any shape
type Values = any;

const valuesOf = (name: string): string =>
  goldenCases("migrate")
    .find((one) => one.name === name)
    ?.read("values.yaml") ?? "";

/** Every values file of JES says how to reach Keptn. */
const withRemote = (text: string): string =>
  text.includes("remoteControlPlane") ? text : `${text}remoteControlPlane: {}\n`;

/** @param more of our values, as `name=value` */
const assertMigrated = async (text: string, ...more: readonly string[]): Promise<void> => {
  const ours = ["createNamespace=true", ...more].flatMap((one) => ["--set", one]);
  const rendered = await render(withRemote(text), "job-executor", { more: ours });
  assert.deepEqual(comparable(rendered), comparable(await buildMigrated(text)));
};

describe("values of JES give the objects of job-executor migrate", options, () => {
  const whole = ["defaults", "privileged-tasks", "remote-without-tls", "found-by-helm"];
  for (const name of [...whole, "found-by-helm-in-another-namespace"])
    test(name.replaceAll("-", " "), () => assertMigrated(valuesOf(name)));

  test("remote with OAuth", () => assertMigrated(valuesOf("remote-with-oauth").replace(/ *apiValidateTls: .*\n/, "")));

  test("all of JES's defaults, and none of ours, as `helm upgrade --reuse-values` gives them", async () => {
    const ours = ["eventRoute", "secretName", "settings", "components", "jobNamespace", "podSecurityLevel", "func"];
    const without = Object.fromEntries(ours.map((name) => [name, null]));
    await assertMigrated(JSON.stringify({ ...typedChartValues, ...without }));
  });

  test("everything else, once what is refused is removed", async () => {
    const given: Values = parse(valuesOf("everything-else"));
    const { remoteControlPlane, jobConfig, podAnnotations, imagePullSecrets, fullnameOverride } = given;
    const { create: _create, name: _name, ...serviceAccount } = jobConfig.serviceAccount;
    const values = {
      ...{ remoteControlPlane, podAnnotations, imagePullSecrets, fullnameOverride },
      jobConfig: { ...jobConfig, serviceAccount, labels: { team: "carts" } },
      serviceAccount: { annotations: given.serviceAccount.annotations },
      networkPolicy: { ingress: given.networkPolicy.ingress },
    };
    await assertMigrated(JSON.stringify(values), "podSecurityLevel=privileged", "settings.ALLOW_PRIVILEGED_JOBS=true");
  });
});

/** `a.b` of "x" is {a: {b: "x"}}. */
const nest = (path: string, value: unknown): object =>
  path.split(".").reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as object;

const defaultOf = (path: string): unknown =>
  path.split(".").reduce<Values>((inner, key) => inner?.[key], typedChartValues);

/** A value of the same type that is not the default. */
const otherThan = (path: string, value: unknown): unknown => {
  if (path === "remoteControlPlane.api.authMode") return "oauth";
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value + 1;
  if (typeof value === "string" || path === "fullnameOverride") return `${value}x`;
  if (Array.isArray(value)) return [{ name: "x" }];
  const [entry] = Object.entries(value ?? {});
  return entry ? { [entry[0]]: otherThan("", entry[1]) } : { any: "x" };
};

/** Here, every value of the connection matters. */
const elsewhere = { remoteControlPlane: { api: { protocol: "https", hostname: "keptn.example.org" } } };

/** A line of the refusal is about the value, or all above it. */
const isNamedIn = (said: string, path: string): boolean =>
  path.split(".").some((_, index, parts) => said.includes(`\n- ${parts.slice(0, index + 1).join(".")}: `));

const saidBy = (values: string | object): Promise<string> =>
  render(values).then(
    () => assert.fail("it is taken"),
    ({ stderr }) => stderr,
  );

describe("no value of JES is ignored: it changes an object, or is refused by its name", options, () => {
  for (const { value } of valueTable)
    test(value, async () => {
      const more = ["--set-json", `${value}=${JSON.stringify(otherThan(value, defaultOf(value)))}`];
      const outcome = await render(elsewhere, "keptn-jes", { more }).catch((fault: { stderr: string }) => fault.stderr);
      if (typeof outcome === "string") assert.ok(isNamedIn(outcome, value), outcome);
      else assert.notDeepEqual(outcome, await render(elsewhere));
    });
});

describe("values of JES that cannot be taken", options, () => {
  test("are all named at once, with what to do", async () => {
    const { labels: _, ...jobConfig } = (parse(valuesOf("everything-else")) as Values).jobConfig;
    const said = await saidBy({ ...(parse(valuesOf("everything-else")) as object), jobConfig });
    for (const name of ["image", "replicaCount", "resources", "nodeSelector", "jobConfig.serviceAccount.name"])
      assert.match(said, new RegExp(`^- ${name.replaceAll(".", "\\.")}: .*[.:0]`, "m"));
    assert.match(said, /^- jobConfig\.jobSecurityContext: set podSecurityLevel/m);
    assert.doesNotMatch(said, /s3cr3t/);
  });

  const cases = [
    ["as helm get values prints them", valuesOf("as-helm-prints-it"), /topicSubscription: It had no effect in JES/],
    ["in a context", valuesOf("values-that-cannot-be"), /jobSecurityContext\/runAsUser/],
    ["that JES does not have", valuesOf("values-that-nobody-knows"), /'allowedImages'/],
    ["with OAuth", valuesOf("remote-with-oauth"), /apiValidateTls: with OAuth, JES always verified TLS/],
    ["without OAuth", nest("remoteControlPlane.api.oauth.clientId", "x"), /oauth: it only applies with/],
    ["in a list of images", nest("jobConfig.allowedImageList", "a[bc]"), /allowedImageList: replace \[ \]/],
  ] as const;
  for (const [title, values, says] of cases) test(title, async () => assert.match(await saidBy(values), says));
});
