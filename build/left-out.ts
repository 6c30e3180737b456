// Excludes library code that our programs never use from the bundles: 2 MB and half of every cold start.
import type { Plugin } from "esbuild";

interface LeftOut {
  /** The import specifier. */
  readonly what: RegExp;
  /** The importing file; by default any. */
  readonly from?: RegExp;
  /** The replacement code, which can require the original. Parts that are needed after all throw when called. */
  readonly code: string;
}

const clientNode = /[\\/]@kubernetes[\\/]client-node[\\/]/;

const missing = (names: readonly string[]): string =>
  names
    .map((name) => `export class ${name} { constructor() { throw new Error("${name} is left out of this bundle"); } }`)
    .join("\n");

/** Loads a module on first use of a member. */
const late = (what: string, members: readonly string[]): string =>
  members
    .map(
      (name) =>
        `Object.defineProperty(exports, "${name}", { enumerable: true, get: () => require("${what}").${name} });`,
    )
    .join("\n");

/** Kubeconfig logins that need a browser or a cloud's command; pods use their service account's token. */
const login = (name: string): LeftOut => ({
  what: new RegExp(`^\\./${name}_auth\\.js$`),
  from: clientNode,
  code: ["Azure", "GoogleCloudPlatform", "OpenIDConnect"]
    .map((kind) => `export class ${kind}Auth { isAuthProvider() { return false; } }`)
    .join("\n"),
});

/** Only client-node's KubeConfig is used; its clients would be two thirds of the command. */
const clients: readonly LeftOut[] = [
  { what: /^\.\/gen\/index\.js$/, from: clientNode, code: missing(["ServerConfiguration", "createConfiguration"]) },
  { what: /^undici$/, code: missing(["Agent", "ProxyAgent"]) },
];

const ofFunctions: readonly LeftOut[] = [
  ...clients,
  // Only the server's address, certificates and token of KubeConfig are used.
  { what: /^socks$/, code: missing(["SocksClient"]) },
  { what: /^socks-proxy-agent$/, code: missing(["SocksProxyAgent"]) },
  { what: /^hpagent$/, code: missing(["HttpProxyAgent", "HttpsProxyAgent"]) },
  login("azure"),
  login("gcp"),
  login("oidc"),
  // Pods do not read a kubeconfig; a plain HTTP server does not need TLS.
  { what: /^js-yaml$/, from: clientNode, code: late("js-yaml", ["load"]) },
  // Keeps default imports as they are; otherwise they would be copied member by member, each time.
  ...["fs", "http", "net", "path"].map(
    (name): LeftOut => ({
      what: new RegExp(`^node:${name}$`),
      from: clientNode,
      code: `export default require("node:${name}");`,
    }),
  ),
  { what: /^node:https$/, from: clientNode, code: late("node:https", ["Agent"]) },
  { what: /^node:tls$/, from: clientNode, code: late("node:tls", ["connect"]) },
  {
    what: /^node:child_process$/, // for a kubeconfig's exec commands
    from: clientNode,
    code: 'exports.spawn = (...given) => require("node:child_process").spawn(...given);',
  },
  { what: /^node:https$/, from: /[\\/]fastify[\\/]/, code: late("node:https", ["createServer"]) },
  {
    // The runtime listens on `::`. Without a host, Node uses the same, or 0.0.0.0 without IPv6, and saves a lookup of 8 ms.
    what: /^node:http$/,
    from: /[\\/]fastify[\\/]lib[\\/]server\.js$/,
    code: `const http = require("node:http");
exports.createServer = (...given) => {
  const server = http.createServer(...given);
  const { listen } = server;
  server.listen = ({ host, ...where }, ...more) => listen.call(server, host === "::" ? where : { host, ...where }, ...more);
  return server;
};`,
  },
  {
    what: /^(node:)?assert$/, // loaded only for a failed assertion
    from: /[\\/](find-my-way|fastify|sonic-boom)[\\/]/,
    code: 'module.exports = (holds, message) => holds || require("node:assert")(holds, message);',
  },
  { what: /^node:dns$/, from: /[\\/]fastify[\\/]/, code: late("node:dns", ["lookup"]) }, // used only to listen on localhost
  { what: /^https$/, from: /[\\/]cloudevents[\\/]/, code: late("https", ["request"]) },
  // fastify: our routes do not use schemas, injection, raw bodies or forms.
  { what: /^@fastify\/(ajv-compiler|fast-json-stringify-compiler)$/, code: "module.exports = () => () => undefined;" },
  { what: /^light-my-request$/, code: "module.exports = undefined;" },
  { what: /^fastify-raw-body$/, code: "module.exports = undefined;" },
  { what: /^qs$/, code: 'module.exports = require("node:querystring");' },
  { what: /^proxy-addr$/, code: late("proxy-addr", ["compile", "all"]) }, // used only with `trustProxy`
  { what: /^semver$/, code: late("semver", ["satisfies", "gte", "gt", "coerce"]) }, // used only for third-party plugins
  // A route for each of HTTP's 34 methods would only respond with 404, which fastify does anyway.
  {
    what: /^\.\/lib\/http-methods$/,
    from: /[\\/]find-my-way[\\/]/,
    code: 'module.exports = ["GET", "HEAD", "OPTIONS", "POST"];',
  },
  // It checks only two patterns of the router itself, and patterns in routes, of which there are none.
  { what: /^safe-regex2$/, code: "module.exports = () => true;" },
  // The runtime always passes the same options, so the defaults are enough without 20 KB of validation.
  {
    what: /^\.\/configValidator$/,
    from: /[\\/]fastify[\\/]/,
    code: `const { defaultInitOptions } = require("./configValidator");
module.exports = (options) => {
  for (const name of Object.keys(options)) if (!(name in defaultInitOptions)) delete options[name];
  for (const name of Object.keys(defaultInitOptions)) if (options[name] === undefined) options[name] = defaultInitOptions[name];
  return true;
};
module.exports.defaultInitOptions = defaultInitOptions;`,
  },
  // Rarely needed: most event names are plain, and most paths select one value.
  { what: /^re2js$/, code: late("re2js", ["RE2JS"]) },
  { what: /^jsonpath-plus$/, code: late("jsonpath-plus", ["JSONPath"]) },
  // Its logger is silent unless FUNC_LOG_LEVEL is set.
  {
    what: /^pino$/,
    code: `const silent = { level: "silent", child: () => silent };
for (const level of ["trace", "debug", "info", "warn", "error", "fatal"]) silent[level] = () => {};
module.exports = (options, stream) => options.level === "silent" ? silent : require("pino")(options, stream);
module.exports.symbols = { serializersSym: Symbol.for("pino.serializers") };
module.exports.stdSerializers = { err: (error) => require("pino").stdSerializers.err(error) };`,
  },
  // cloudevents: we parse JSON ourselves, with all digits of numbers, and do not create events that need an id.
  { what: /^json-bigint$/, code: 'module.exports = (options) => require("json-bigint")(options);' },
  { what: /^uuid$/, code: "exports.v4 = () => globalThis.crypto.randomUUID();" },
  // prom-client: no push gateway, cluster workers or traces.
  { what: /^\.\/lib\/(pushgateway|cluster)$/, from: /[\\/]prom-client[\\/]/, code: "module.exports = undefined;" },
  // Process metrics start with the first scrape.
  {
    what: /^\.\/lib\/defaultMetrics$/,
    from: /[\\/]prom-client[\\/]/,
    code: `module.exports = ({ register }) => {
  const { metrics } = register;
  register.metrics = () => {
    register.metrics = metrics;
    require("./lib/defaultMetrics")({ register });
    return register.metrics();
  };
};`,
  },
  { what: /^@opentelemetry\/api$/, from: /[\\/]prom-client[\\/]/, code: "module.exports = undefined;" },
  // The runtime's own probes, which serve.ts replaces.
  { what: /^overload-protection$/, code: "module.exports = () => undefined;" },
  // a name for this process in metrics
  {
    what: /^crypto$/,
    from: /[\\/]faas-js-runtime[\\/]/,
    code: "exports.randomUUID = () => Math.random().toString(36).slice(2);",
  },
  // The runtime would read ./func.yaml to override its options, and spawn commands to measure the node's load for its metrics.
  { what: /^js-yaml$/, from: /[\\/]faas-js-runtime[\\/]/, code: "module.exports = { load: () => ({}) };" },
  {
    what: /^node-os-utils$/,
    code: `const none = async () => "not supported";
module.exports = { cpu: { usage: none }, mem: { used: none }, netstat: { inOut: none }, isNotSupported: () => true };`,
  },
];

/** start-job already has a YAML library for job configs. Pods do not read a kubeconfig. */
const ofStartJob: readonly LeftOut[] = [
  { what: /^js-yaml$/, from: clientNode, code: 'exports.load = (text) => require("yaml").parse(text);' },
  ...ofFunctions,
];

/** keptn-source runs permanently, so its memory matters: each of these loads 2 to 5 MiB. */
const ofSource: readonly LeftOut[] = [
  // No push gateway or cluster, and prom-client's metrics of Node itself would keep waking the process.
  {
    what: /^\.\/lib\/(pushgateway|cluster|defaultMetrics)$/,
    from: /[\\/]prom-client[\\/]/,
    code: "module.exports = undefined;",
  },
  // We send events ourselves, not the SDK. TLS is loaded on demand, as in http-agent.ts.
  { what: /^https$/, from: /[\\/]cloudevents[\\/]/, code: "module.exports = {};" },
  // Keptn's events already have ids.
  { what: /^uuid$/, from: /[\\/]cloudevents[\\/]/, code: "module.exports = {};" },
  {
    what: /^node:tls$/,
    from: /[\\/]@nats-io[\\/]/,
    code: `exports.connect = (...given) => require("node:tls").connect(...given);
exports.TLSSocket = { [Symbol.hasInstance]: (socket) => socket?.encrypted === true };`,
  },
  // Keptn's NATS does not use logins.
  { what: /^@nats-io\/nkeys$/, code: "module.exports = {};" },
];

const standIn = "left-out";

const leaveOut = (leftOut: readonly LeftOut[]): Plugin => ({
  name: "leave-out",
  setup: (build) => {
    for (const [index, { what, from }] of leftOut.entries()) {
      build.onResolve({ filter: what }, ({ importer, namespace, resolveDir }) =>
        namespace === standIn || (from && !from.test(importer))
          ? undefined
          : { path: String(index), namespace: standIn, pluginData: resolveDir },
      );
    }
    build.onLoad({ filter: /.*/, namespace: standIn }, ({ path, pluginData: resolveDir }) => ({
      contents: leftOut[Number(path)]?.code ?? "",
      loader: "js",
      resolveDir,
    }));
  },
});

const ofProgram: Readonly<Record<string, readonly LeftOut[]>> = {
  "start-job": ofStartJob,
  "keptn-source": ofSource,
  cli: clients,
};

/** @param program from build/programs.ts, or the command */
export const leaveOutOf = (program: string): Plugin => leaveOut(ofProgram[program] ?? ofFunctions);
