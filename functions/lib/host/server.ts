// Serves a function in the Knative Functions runtime: parses requests as CloudEvents, and responds as Brokers expect.
import type { IncomingHttpHeaders, Server } from "node:http";
import { type CloudEvent, HTTP } from "cloudevents";
import faas from "faas-js-runtime";
import * as z from "zod";
import { renderProblem, renderProblems } from "../core/problem.ts";
import { parseKeptnSettings } from "../core/settings/keptn-settings.ts";
import type { Settings } from "../core/settings/settings.ts";
import { type Log, logCrashes } from "../process.ts";
import { readCloudEvent } from "./cloud-event.ts";
import { type DeliveryResult, runAfter, toDeliveryResult } from "./delivery-result.ts";
import { limitConcurrency } from "./limit-concurrency.ts";
import { makeOptimise, optimiseSoon } from "./v8-flags.ts";

/** A program that answers CloudEvents: its log and its handler, built from the settings. */
export type Program = (settings: Settings) => {
  readonly log: Log;
  /** @param respondEarly answers the request while the handler continues; its errors are then only logged */
  readonly handle: (event: unknown, respondEarly?: (result: DeliveryResult) => void) => Promise<DeliveryResult>;
  /** Opens connections for the first event. Called when the server listens. */
  readonly preconnect?: () => void;
};

/** Limit for all calls to Keptn of one delivery: less than Knative's request timeout (manifests: timeoutSeconds, 120). */
export const deliverySeconds = 90;

/**
 * More parallel deliveries are not faster: they use memory and time out at Keptn. A delivery that waits longer than this would exceed
 * Knative's timeout, so the Broker must redeliver it.
 */
const concurrency = { sideBySide: 64, mostWaitMs: 25_000 };

/** Invalid settings, or settings that name missing files, end the process with exit code 2 before it is ready. */
export const serve = async (makeProgram: Program, env: NodeJS.ProcessEnv): Promise<void> => {
  const parsed = parseKeptnSettings(env);
  if ("problems" in parsed) return refuse(renderProblems(parsed.problems));
  const program = build(makeProgram, parsed.settings);
  if ("fault" in program) return refuse(program.fault);
  const { log, preconnect } = program;
  for (const warning of parsed.warnings) log({ level: "warn", message: renderProblem(warning) });
  logCrashes(log);
  // zod would compile a parser for each object schema: for a single event that takes longer than interpreting it.
  z.config({ jitless: true });
  const requests = watchRequests(log);
  const { handleEvent, shutdown } = makeEventHandler(program);
  const handle = async ({ headers, body }: Invocation) => {
    const read = readCloudEvent(requests.read(headers), body ?? "");
    if (read.kind === "event") return toResponse(await handleEvent(read.event));
    const why = renderProblem(read.problem);
    log({ level: "warn", message: why });
    return toResponse({ statusCode: 400, why });
  };
  requests.watch(await startRuntime({ handle, shutdown }, parsed.settings, env));
  preconnect?.();
};

interface Invocation {
  readonly headers: IncomingHttpHeaders;
  /** Undefined: the request had no body. */
  readonly body?: Buffer;
}

/** Settings may name missing files: a kubeconfig, a CA file. */
const build = (makeProgram: Program, settings: Settings): ReturnType<Program> | { readonly fault: string } => {
  try {
    return makeProgram(settings);
  } catch (fault) {
    return { fault: `Cannot start: ${fault instanceof Error ? fault.message : String(fault)}` };
  }
};

const refuse = (message: string): void => {
  process.stderr.write(`${message}\n`);
  process.exitCode = 2;
};

/** Handles events side by side, within limits. */
const makeEventHandler = ({ log, handle }: ReturnType<Program>) => {
  const limited = limitConcurrency(concurrency);
  const running = new Set<Promise<unknown>>();
  const optimise = makeOptimise(optimiseSoon);
  const handleEvent = (event: CloudEvent<unknown>): Promise<DeliveryResult> => {
    const { promise: early, resolve: respondEarly } = Promise.withResolvers<DeliveryResult>();
    const about = { event: event.id };
    const whole = toDeliveryResult(log, () => limited(() => handle(event, respondEarly)), about);
    const toTheEnd = whole.then((result) => runAfter(log, result, about)); // after its turn, which others wait for
    running.add(toTheEnd);
    void toTheEnd.finally(() => running.delete(toTheEnd));
    void whole.finally(() => {
      setImmediate(optimise); // not after an early answer: more modules are still to be loaded
    });
    return Promise.race([whole, early]);
  };
  // At SIGTERM the runtime aborts running deliveries unless this waits for them.
  return { handleEvent, shutdown: () => Promise.allSettled(running).then(() => undefined) };
};

const startRuntime = (handlers: object, settings: Settings, env: NodeJS.ProcessEnv): Promise<Server> => {
  // The runtime itself parses every CloudEvent twice, and answers malformed ones with 500, which Brokers retry. If it believes that
  // nothing is a CloudEvent, it passes headers and body on.
  HTTP.isEvent = () => false;
  const served = {
    ...handlers,
    // The runtime's own checks answer 503 when the event loop is slow, as in every cold start.
    liveness: () => "OK",
    readiness: () => "OK",
  };
  const options = {
    port: Number(env["PORT"] || env["FUNC_PORT"] || 8080),
    // The runtime's own log lines concern its metrics; ours concern events.
    logLevel: env["FUNC_LOG_LEVEL"] || "silent",
    bodyLimit: settings.MAX_REQUEST_BYTES,
  };
  // The runtime accepts bodyLimit and level names, but its types do not.
  return faas.start(served as never, options as never) as unknown as Promise<Server>;
};

/**
 * The runtime has parsers for some content types, each with its own errors and responses, and its form parser accepts bodies of any
 * size. If it believes that every body is bytes, it passes them on, up to MAX_REQUEST_BYTES. Requests that it refuses before we see
 * them are logged: too large, for another path, or not HTTP.
 */
const watchRequests = (log: Log) => {
  const unread = new Map<string, string | undefined>();
  let number = 0;
  const watch = (server: Server): void => {
    server.prependListener("request", (request, response) => {
      const id = String(++number);
      const contentType = request.headers["content-type"];
      Object.assign(request.headers, { [deliveryHeader]: id, "content-type": "application/octet-stream" });
      unread.set(id, contentType);
      response.once("close", () => {
        if (!unread.delete(id) || response.statusCode < 400) return;
        const message = `refused ${request.method} ${request.url}: ${response.statusCode}, not a readable event`;
        log({ level: "warn", message, contentType });
      });
    });
    server.prependListener("clientError", ({ code }: NodeJS.ErrnoException) => {
      if (code !== "ECONNRESET") log({ level: "warn", message: `refused a request that is not HTTP: ${code}` });
    });
  };
  /** @returns the original headers */
  const read = ({ [deliveryHeader]: id, "content-type": _, ...headers }: IncomingHttpHeaders): IncomingHttpHeaders => {
    const contentType = unread.get(String(id));
    unread.delete(String(id));
    return contentType === undefined ? headers : { ...headers, "content-type": contentType };
  };
  return { watch, read };
};

/** Identifies the request: the runtime passes on only a copy of its headers. */
const deliveryHeader = "x-delivery-number";

/** A 2xx has no body: a Broker treats a body that is not a CloudEvent as a failure, and redelivers the event. */
const toResponse = ({ statusCode, why, retryAfterSeconds }: DeliveryResult) => ({
  statusCode,
  body: statusCode === 204 ? "" : `${why}\n`,
  headers: {
    "content-type": "text/plain; charset=utf-8",
    ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
  },
});
