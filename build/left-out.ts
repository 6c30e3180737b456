// What our libraries load and our programs never use stays out of their bundles: 2 MB and half of every cold start.
import type { Plugin } from "esbuild";

interface LeftOut {
  /** The import as its importer writes it. */
  readonly what: RegExp;
  /** Where it is imported; everywhere by default. */
  readonly from?: RegExp;
  /** Stands in for it. What it requires is the real thing. Whatever is needed after all says so when it is called. */
  readonly code: string;
}

const clientNode = /[\\/]@kubernetes[\\/]client-node[\\/]/;

const missing = (names: readonly string[]): string =>
  names
    .map((name) => `export class ${name} { constructor() { throw new Error("${name} is left out of this bundle"); } }`)
    .join("\n");

/** Loaded when one of its members is used for the first time, if ever. */
const late = (what: string, members: readonly string[]): string =>
  members
    .map(
      (name) =>
        `Object.defineProperty(exports, "${name}", { enumerable: true, get: () => require("${what}").${name} });`,
    )
    .join("\n");

/** A kubeconfig's login that needs a browser or a cloud's command; a pod has its service account's token instead. */
const login = (name: string): LeftOut => ({
  what: new RegExp(`^\\./${name}_auth\\.js$`),
  from: clientNode,
  code: ["Azure", "GoogleCloudPlatform", "OpenIDConnect"]
    .map((kind) => `export class ${kind}Auth { isAuthProvider() { return false; } }`)
    .join("\n"),
});

/** Of client-node only KubeConfig is used, and none of its clients: two thirds of what the command would be. */
const clients: readonly LeftOut[] = [
  { what: /^\.\/gen\/index\.js$/, from: clientNode, code: missing(["ServerConfiguration", "createConfiguration"]) },
  { what: /^undici$/, code: missing(["Agent", "ProxyAgent"]) },
];

const ofFunctions: readonly LeftOut[] = [
  ...clients,
  // Of KubeConfig the server's address, the certificates and the token.
  { what: /^socks$/, code: missing(["SocksClient"]) },
  { what: /^socks-proxy-agent$/, code: missing(["SocksProxyAgent"]) },
  { what: /^hpagent$/, code: missing(["HttpProxyAgent", "HttpsProxyAgent"]) },
  login("azure"),
  login("gcp"),
  login("oidc"),
  // A pod reads no kubeconfig; a server on plain HTTP speaks no TLS.
  { what: /^js-yaml$/, from: clientNode, code: late("js-yaml", ["load"]) },
  // Its default imports as they are: copied member by member otherwise, each time.
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
    what: /^node:child_process$/, // for a kubeconfig's commands
    from: clientNode,
    code: 'exports.spawn = (...given) => require("node:child_process").spawn(...given);',
  },
  { what: /^node:https$/, from: /[\\/]fastify[\\/]/, code: late("node:https", ["createServer"]) },
  {
    // The runtime asks for `::`. Without a host Node takes the same, or 0.0.0.0 where there is no IPv6, and looks nothing up: 8 ms.
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
    what: /^(node:)?assert$/, // loaded when it has something to say
    from: /[\\/](find-my-way|fastify|sonic-boom)[\\/]/,
    code: 'module.exports = (holds, message) => holds || require("node:assert")(holds, message);',
  },
  { what: /^node:dns$/, from: /[\\/]fastify[\\/]/, code: late("node:dns", ["lookup"]) }, // only to listen on localhost
  { what: /^https$/, from: /[\\/]cloudevents[\\/]/, code: late("https", ["request"]) },
  // Of fastify: no route has a schema, nothing is injected in tests, no body is asked for raw or comes from a form.
  { what: /^@fastify\/(ajv-compiler|fast-json-stringify-compiler)$/, code: "module.exports = () => () => undefined;" },
  { what: /^light-my-request$/, code: "module.exports = undefined;" },
  { what: /^fastify-raw-body$/, code: "module.exports = undefined;" },
  { what: /^qs$/, code: 'module.exports = require("node:querystring");' },
  { what: /^proxy-addr$/, code: late("proxy-addr", ["compile", "all"]) }, // only behind `trustProxy`
  { what: /^semver$/, code: late("semver", ["satisfies", "gte", "gt", "coerce"]) }, // only for plugins of others
  // A route of its own for each of HTTP's 34 methods, only to answer 404: to others than these it does that without.
  {
    what: /^\.\/lib\/http-methods$/,
    from: /[\\/]find-my-way[\\/]/,
    code: 'module.exports = ["GET", "HEAD", "OPTIONS", "POST"];',
  },
  // It is asked about two patterns of the router's own, and about patterns in routes, of which there are none.
  { what: /^safe-regex2$/, code: "module.exports = () => true;" },
  // The options are the runtime's, always the same: their defaults are all that is needed, not 20 KB of checks.
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
  // Most names of events are plain, most paths name one value.
  { what: /^re2js$/, code: late("re2js", ["RE2JS"]) },
  { what: /^jsonpath-plus$/, code: late("jsonpath-plus", ["JSONPath"]) },
  // Its logger is silent unless FUNC_LOG_LEVEL asks for more.
  {
    what: /^pino$/,
    code: `const silent = { level: "silent", child: () => silent };
for (const level of ["trace", "debug", "info", "warn", "error", "fatal"]) silent[level] = () => {};
module.exports = (options, stream) => options.level === "silent" ? silent : require("pino")(options, stream);
module.exports.symbols = { serializersSym: Symbol.for("pino.serializers") };
module.exports.stdSerializers = { err: (error) => require("pino").stdSerializers.err(error) };`,
  },
  // Of cloudevents: JSON is parsed by us, with all digits of its numbers, and there are no events of our own that would need an id.
  { what: /^json-bigint$/, code: 'module.exports = (options) => require("json-bigint")(options);' },
  { what: /^uuid$/, code: "exports.v4 = () => globalThis.crypto.randomUUID();" },
  // Of prom-client: nothing is pushed, nothing gathered from a cluster's workers, no traces.
  { what: /^\.\/lib\/(pushgateway|cluster)$/, from: /[\\/]prom-client[\\/]/, code: "module.exports = undefined;" },
  // What the process itself is like is measured from the first scrape on.
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
  // A name for this process in its metrics.
  {
    what: /^crypto$/,
    from: /[\\/]faas-js-runtime[\\/]/,
    code: "exports.randomUUID = () => Math.random().toString(36).slice(2);",
  },
  // The runtime would read ./func.yaml to overwrite its options, and spawn commands to tell its metrics how busy the node is.
  { what: /^js-yaml$/, from: /[\\/]faas-js-runtime[\\/]/, code: "module.exports = { load: () => ({}) };" },
  {
    what: /^node-os-utils$/,
    code: `const none = async () => "not supported";
module.exports = { cpu: { usage: none }, mem: { used: none }, netstat: { inOut: none }, isNotSupported: () => true };`,
  },
];

/** start-job brings a YAML of its own along, for job configs. In a pod there is no kubeconfig to read. */
const ofStartJob: readonly LeftOut[] = [
  { what: /^js-yaml$/, from: clientNode, code: 'exports.load = (text) => require("yaml").parse(text);' },
  ...ofFunctions,
];

/** keptn-source runs all the time: what counts is its memory, of which each of these loads 2 to 5 MiB. */
const ofSource: readonly LeftOut[] = [
  // Nothing is pushed, no process is one of a cluster, and what prom-client tells of Node itself would wake us all the time.
  {
    what: /^\.\/lib\/(pushgateway|cluster|defaultMetrics)$/,
    from: /[\\/]prom-client[\\/]/,
    code: "module.exports = undefined;",
  },
  // The SDK does not send: we do. TLS is loaded where it is spoken, as in http-agent.ts.
  { what: /^https$/, from: /[\\/]cloudevents[\\/]/, code: "module.exports = {};" },
  // Keptn's events have ids.
  { what: /^uuid$/, from: /[\\/]cloudevents[\\/]/, code: "module.exports = {};" },
  {
    what: /^node:tls$/,
    from: /[\\/]@nats-io[\\/]/,
    code: `exports.connect = (...given) => require("node:tls").connect(...given);
exports.TLSSocket = { [Symbol.hasInstance]: (socket) => socket?.encrypted === true };`,
  },
  // Keptn's NATS knows no logins.
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

/** @param program one of build/programs.ts, or the command */
export const leaveOutOf = (program: string): Plugin => leaveOut(ofProgram[program] ?? ofFunctions);
