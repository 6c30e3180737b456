// JES's connection to Keptn, and the events it requested.
import { component, leftOut, note, type Part, type Row, row, same, setting } from "./parts.ts";
import type { Values } from "./values.ts";

const api = "remoteControlPlane.api";

export const isOauth = (values: Values): boolean => values.text(`${api}.authMode`) === "oauth";

/** @returns the namespace of a Keptn in the same cluster */
export const keptnNamespaceOf = (values: Values): string | undefined => {
  if (isDetected(values)) return values.text("remoteControlPlane.autoDetect.namespace") || "keptn";
  const [, namespace] =
    /^api-gateway-nginx\.([a-z0-9-]+)(\.svc(\.cluster\.local)?)?(:\d+)?$/.exec(values.text(`${api}.hostname`)) ?? [];
  return namespace;
};

const isDetected = (values: Values): boolean => values.isTrue("remoteControlPlane.autoDetect.enabled");

export const isHttps = (values: Values): boolean => !isDetected(values) && values.text(`${api}.protocol`) === "https";

const makeEndpoint = (values: Values): Part[] => {
  const [protocol, hostname] = [values.text(`${api}.protocol`), values.text(`${api}.hostname`)];
  if (isDetected(values) || hostname === "") return [];
  return [setting("KEPTN_API_ENDPOINT", `${protocol || "http"}://${hostname}/api`)];
};

/** Events come from NATS in Keptn's own cluster, and from polling its API elsewhere. */
const makeSource = (values: Values): Part[] => {
  const namespace = keptnNamespaceOf(values);
  if (namespace === undefined) return [component("keptn-source-polling")];
  if (namespace === "keptn") return [component("keptn-source-nats")];
  // A component's settings override those of its overlay; this component sets no address.
  return [component("keptn-source-polling"), setting("PUBSUB_URL", `nats://keptn-nats.${namespace}`)];
};

const makeDetected: Row["make"] = ({ values }) => {
  if (!isDetected(values)) return [];
  const given = values.text("remoteControlPlane.autoDetect.namespace");
  const endpoint = setting("KEPTN_API_ENDPOINT", `http://api-gateway-nginx.${keptnNamespaceOf(values)}/api`);
  if (given) return [endpoint];
  const text =
    "Helm detected Keptn in the cluster; the overlay uses the namespace `keptn`. Change it if Keptn is elsewhere.";
  return [endpoint, note("todo", text)];
};

const makeTopics = (topics: string): Part[] => {
  const odd = topics.split(",").filter((topic) => !/^\s*sh\.keptn\.event\.[\w-]+\.triggered\s*$/.test(topic));
  if (topics === "") {
    const text =
      "Without `subscription.pubsubTopic`, JES requested sh.keptn.> and received nothing. We receive the events of all tasks.";
    return [note("changes", text)];
  }
  if (odd.length === 0) return [setting("PUBSUB_TOPIC", topics)];
  const text = `JES never received ${odd.map((topic) => topic.trim()).join(", ")}: it asked Keptn for open tasks of exact types. We receive all events that match.`;
  return [setting("PUBSUB_TOPIC", topics), note("changes", text)];
};

const makeTls: Row["make"] = ({ values }) => {
  if (!isHttps(values) || values.isTrue(`${api}.apiValidateTls`)) return [];
  if (isOauth(values))
    return [note("left-out", "JES's chart did not apply this value: with OAuth, JES always verified TLS.")];
  const text =
    "HTTP_SSL_VERIFY=false: anyone between us and Keptn can read its token. It is better to add Keptn's certificate authority as the key ca.crt to the Secret, with KEPTN_CA_FILE=/etc/keptn/ca.crt, and to a ConfigMap for init containers, KEPTN_CA_CONFIG_MAP.";
  return [setting("HTTP_SSL_VERIFY", "false"), note("todo", text)];
};

const noToken = "Never written or shown. It belongs in the Secret `job-service-keptn-secrets`";

const withoutOauth = "Nothing: it only applies with `authMode: oauth`, as in JES.";

const oauthRows: readonly Row[] = [
  same(`${api}.oauth.clientId`, "OAUTH_CLIENT_ID"),
  same(`${api}.oauth.clientDiscovery`, "OAUTH_DISCOVERY"),
  same(`${api}.oauth.scopes`, "OAUTH_SCOPES"),
  leftOut(`${api}.oauth.clientSecret`, `${noToken}, key \`oauth_client_secret\`.`),
].map((row) => ({
  ...row,
  make: (given) => (isOauth(given.values) ? row : leftOut(row.value, withoutOauth)).make(given),
}));

export const connectionRows: readonly Row[] = [
  row("subscription.pubsubTopic", "`PUBSUB_TOPIC`", ({ value }) => makeTopics(typeof value === "string" ? value : "")),
  leftOut(
    "remoteControlPlane.topicSubscription",
    "Nothing. It had no effect in JES 0.3.0 either; `subscription.pubsubTopic` applied.",
  ),
  row(
    "remoteControlPlane.autoDetect",
    "`KEPTN_API_ENDPOINT`, which contains the namespace; it is not detected",
    makeDetected,
  ),
  row(
    `${api}.hostname`,
    "`KEPTN_API_ENDPOINT`, and the source of events: component `keptn-source-nats` for a Keptn in the same cluster, otherwise `keptn-source-polling`",
    ({ values }) => [...makeEndpoint(values), ...makeSource(values)],
  ),
  row(`${api}.protocol`, "Part of `KEPTN_API_ENDPOINT`", () => []),
  row(
    `${api}.apiValidateTls`,
    "`HTTP_SSL_VERIFY=false` if it is false, for https with a token. With a token, JES never verified TLS",
    makeTls,
  ),
  row(`${api}.authMode`, "Component `oauth` for `oauth`", ({ values }) =>
    isOauth(values) ? [component("oauth")] : [],
  ),
  leftOut(`${api}.token`, `${noToken}, key \`token\`.`),
  ...oauthRows,
];
