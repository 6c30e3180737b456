// Serves a function under Knative Functions' runtime: reads its requests as CloudEvents, and answers as Brokers understand.
import type { IncomingHttpHeaders, Server } from "node:http";
import { type CloudEvent, HTTP } from "cloudevents";
import faas from "faas-js-runtime";
import * as z from "zod";
import { type Answer, answerFor, finishAfter } from "./chain/answer.ts";
import type { Log } from "./chain/ports.ts";
import { parseKeptnSettings } from "./core/keptn-settings.ts";
import { renderProblem, renderProblems } from "./core/problem.ts";
import type { Settings } from "./core/settings.ts";
import { readCloudEvent } from "./io/cloud-event.ts";
import { makeTurns } from "./io/turns.ts";
import { makeOptimise, optimiseSoon } from "./io/v8-flags.ts";
import { logCrashes } from "./io/world.ts";

/** A program that answers CloudEvents: its log and its handler, built from the settings. */
export type Program = (settings: Settings) => {
  readonly log: Log;
  /** @param answerEarly answers the request while the handler goes on; what that returns is only logged then */
  readonly handle: (event: unknown, answerEarly?: (answer: Answer) => void) => Promise<Answer>;
  /** Opens connections for the first event. Called once events can come. */
  readonly openEarly?: () => void;
};

/** What all calls to Keptn of one delivery may take together: less than Knative gives a request (manifests: timeoutSeconds, 120). */
export const deliverySeconds = 90;

/**
 * More side by side are no faster: they only fill the memory, and time out at Keptn. Who waits longer than this would not end within
 * Knative's limit: the Broker is to bring it again.
 */
const turns = { sideBySide: 64, mostWaitMs: 25_000 };

/** Settings that are wrong, or name what is not there, end the process with exit code 2, before it is ready. */
export const serve = async (makeProgram: Program, env: NodeJS.ProcessEnv): Promise<void> => {
  const parsed = parseKeptnSettings(env);
  if ("problems" in parsed) return refuse(renderProblems(parsed.problems));
  const program = build(makeProgram, parsed.settings);
  if ("fault" in program) return refuse(program.fault);
  const { log, handle, openEarly } = program;
  for (const warning of parsed.warnings) log({ level: "warn", message: renderProblem(warning) });
  logCrashes(log);
  readEventsOurselves();
  // It would compile a parser for each object that it meets: for one event that takes longer than to do without.
  z.config({ jitless: true });
  const requests = watchRequests(log);
  const inTurn = makeTurns(turns);
  const running = new Set<Promise<unknown>>();
  const optimise = makeOptimise(optimiseSoon);
  const invoke = async (context: Invocation) => toResponse(await answerRequest(context));
  const answerRequest = async ({ headers, body }: Invocation): Promise<Answer> => {
    const read = readCloudEvent(requests.read(headers), body ?? "");
    if (read.kind === "event") return answerEvent(read.event);
    log({ level: "warn", message: renderProblem(read.problem) });
    return { statusCode: 400, why: renderProblem(read.problem) };
  };
  const answerEvent = (event: CloudEvent<unknown>): Promise<Answer> => {
    const { promise: early, resolve: answerEarly } = Promise.withResolvers<Answer>();
    const about = { event: event.id };
    const whole = answerFor(log, () => inTurn(() => handle(event, answerEarly)), about);
    const toTheEnd = whole.then((answer) => finishAfter(log, answer, about)); // out of its turn: others need that
    running.add(toTheEnd);
    void toTheEnd.finally(() => running.delete(toTheEnd));
    void whole.finally(() => {
      setImmediate(optimise); // not with an early answer: what comes after it has yet to be loaded
    });
    return Promise.race([whole, early]);
  };
  const served = {
    handle: invoke,
    // The runtime cuts what is under way at SIGTERM unless this waits for it.
    shutdown: () => Promise.allSettled(running).then(() => undefined),
    // The runtime's own checks answer 503 when the event loop is slow, which a cold start always is.
    liveness: () => "OK",
    readiness: () => "OK",
  };
  const options = {
    port: Number(env["PORT"] || env["FUNC_PORT"] || 8080),
    // Its own lines are about its own metrics; ours say what happened to an event.
    logLevel: env["FUNC_LOG_LEVEL"] || "silent",
    bodyLimit: parsed.settings.MAX_REQUEST_BYTES,
  };
  // The runtime's types know neither bodyLimit nor level names as the texts that it takes.
  const server = (await faas.start(served as never, options as never)) as unknown as Server;
  requests.watch(server);
  openEarly?.();
};

interface Invocation {
  readonly headers: IncomingHttpHeaders;
  /** Not there: the request had none. */
  readonly body?: Buffer;
}

/** What a setting names may not be there: a kubeconfig, the file of an authority. */
const build = (makeProgram: Program, settings: Settings): ReturnType<Program> | { readonly fault: string } => {
  try {
    return makeProgram(settings);
  } catch (fault) {
    return { fault: `The program cannot start: ${fault instanceof Error ? fault.message : String(fault)}` };
  }
};

const refuse = (message: string): void => {
  process.stderr.write(`${message}\n`);
  process.exitCode = 2;
};

/**
 * The runtime reads CloudEvents itself, every one twice, and answers a malformed one with a 500, which Brokers repeat. Told that
 * nothing is a CloudEvent, it hands over headers and body.
 */
const readEventsOurselves = (): void => {
  HTTP.isEvent = () => false;
};

/**
 * The runtime has parsers for some content types, each with faults and answers of its own, and the one for forms takes a body of any
 * size. Told that all of them are bytes, it hands those over, MAX_REQUEST_BYTES at most. What it refuses before we see it is logged:
 * a request that is too large, that is for another path, or that is no HTTP.
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
        const message = `refused ${request.method} ${request.url}: ${response.statusCode}, not an event that can be read`;
        log({ level: "warn", message, contentType });
      });
    });
    server.prependListener("clientError", ({ code }: NodeJS.ErrnoException) => {
      if (code !== "ECONNRESET") log({ level: "warn", message: `refused what is no HTTP request: ${code}` });
    });
  };
  /** @returns the headers as they came */
  const read = ({ [deliveryHeader]: id, "content-type": _, ...headers }: IncomingHttpHeaders): IncomingHttpHeaders => {
    const contentType = unread.get(String(id));
    unread.delete(String(id));
    return contentType === undefined ? headers : { ...headers, "content-type": contentType };
  };
  return { watch, read };
};

/** The runtime hands over a copy of the request's headers and nothing else that would tell requests apart. */
const deliveryHeader = "x-delivery-number";

/** No body in a 2xx: a Broker would take one that is no CloudEvent for a failure, and send the event again. */
const toResponse = ({ statusCode, why, retryAfterSeconds }: Answer) => ({
  statusCode,
  body: statusCode === 204 ? "" : `${why}\n`,
  headers: {
    "content-type": "text/plain; charset=utf-8",
    ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
  },
});
