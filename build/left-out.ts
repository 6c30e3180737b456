// What our libraries load and our programs never use stays out of their bundles: 2 MB and half of every cold start.
import type { Plugin } from "esbuild";

interface LeftOut {
  /** The import as its importer writes it. */
  readonly what: RegExp;
  /** Where it is imported; everywhere by default. */
  readonly from?: RegExp;
  /** Stands in for it. Whatever is needed after all says so when it is called. */
  readonly code: string;
}

const clientNode = /[\\/]@kubernetes[\\/]client-node[\\/]/;

const missing = (names: readonly string[]): string =>
  names
    .map((name) => `export class ${name} { constructor() { throw new Error("${name} is left out of this bundle"); } }`)
    .join("\n");

/** A kubeconfig's login that needs a browser or a cloud's command; a pod has its service account's token instead. */
const login = (name: string): LeftOut => ({
  what: new RegExp(`^\\./${name}_auth\\.js$`),
  from: clientNode,
  code: ["Azure", "GoogleCloudPlatform", "OpenIDConnect"]
    .map((kind) => `export class ${kind}Auth { isAuthProvider() { return false; } }`)
    .join("\n"),
});

const ofFunctions: readonly LeftOut[] = [
  // Of client-node only KubeConfig is used, and of it the server's address, the certificates and the token.
  { what: /^\.\/gen\/index\.js$/, from: clientNode, code: missing(["ServerConfiguration", "createConfiguration"]) },
  { what: /^undici$/, code: missing(["Agent", "ProxyAgent"]) },
  { what: /^socks$/, code: missing(["SocksClient"]) },
  { what: /^socks-proxy-agent$/, code: missing(["SocksProxyAgent"]) },
  { what: /^hpagent$/, code: missing(["HttpProxyAgent", "HttpsProxyAgent"]) },
  login("azure"),
  login("gcp"),
  login("oidc"),
  // Of fastify: no route has a schema, nothing is injected in tests, no body is asked for raw or comes from a form.
  { what: /^@fastify\/(ajv-compiler|fast-json-stringify-compiler)$/, code: "module.exports = () => () => undefined;" },
  { what: /^light-my-request$/, code: "module.exports = undefined;" },
  { what: /^fastify-raw-body$/, code: "module.exports = undefined;" },
  { what: /^qs$/, code: 'module.exports = require("node:querystring");' },
  // The runtime would read ./func.yaml to overwrite its options, and spawn commands to tell its metrics how busy the node is.
  { what: /^js-yaml$/, from: /[\\/]faas-js-runtime[\\/]/, code: "module.exports = { load: () => ({}) };" },
  {
    what: /^node-os-utils$/,
    code: `const none = async () => "not supported";
module.exports = { cpu: { usage: none }, mem: { used: none }, netstat: { inOut: none }, isNotSupported: () => true };`,
  },
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
    code: `exports.connect = (...given) => process.getBuiltinModule("node:tls").connect(...given);
exports.TLSSocket = { [Symbol.hasInstance]: (socket) => socket?.encrypted === true };`,
  },
  // Keptn's NATS knows no logins.
  { what: /^@nats-io\/nkeys$/, code: "module.exports = {};" },
];

const leaveOut = (leftOut: readonly LeftOut[]): Plugin => ({
  name: "leave-out",
  setup: (build) => {
    for (const [index, { what, from }] of leftOut.entries()) {
      build.onResolve({ filter: what }, ({ importer }) =>
        from && !from.test(importer) ? undefined : { path: String(index), namespace: "left-out" },
      );
    }
    build.onLoad({ filter: /.*/, namespace: "left-out" }, ({ path }) => ({
      contents: leftOut[Number(path)]?.code ?? "",
      loader: "js",
    }));
  },
});

/** @param program one of build/programs.ts */
export const leaveOutOf = (program: string): Plugin => leaveOut(program === "keptn-source" ? ofSource : ofFunctions);
