// Sends Keptn's events to a sink as CloudEvents over HTTP, in binary mode.
import { CloudEvent, HTTP } from "cloudevents";
import type { KeptnEvent } from "../lib/core/event/keptn-event.ts";
import type { Settings } from "../lib/core/settings/settings.ts";
import { type Extensions, parseOverrides } from "../lib/core/source/overrides.ts";
import { classifyResponse } from "../lib/core/source/sink-response.ts";
import { makeAgent } from "../lib/http/agent.ts";
import { readAll, retryAfterOf, stream } from "../lib/http/http.ts";
import { IoError } from "../lib/io-error.ts";

/** A serialized event, kept until the sink accepts it. */
export interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Sink = ReturnType<typeof connectSink>;

/** Limit of the response body, which is only logged. */
const enoughBytes = 1024;

/** @param settings validated by `checkSourceSettings` */
export const connectSink = ({ K_SINK: url = "", K_CA_CERTS: ca, K_SINK_TIMEOUT, K_CE_OVERRIDES }: Settings) => {
  const agent = makeAgent({ url, ...(ca && { ca }) });
  const overrides = parseOverrides(K_CE_OVERRIDES);
  const extensions = "extensions" in overrides ? overrides.extensions : {};
  return {
    /** Without `temporaryData`, which `parseKeptnEvent` removes. */
    pack: (event: KeptnEvent) => pack(event, extensions),
    /** Resolves when the sink accepts it. @throws IoError, not retryable if the sink refuses it permanently */
    send: async ({ headers, body }: Message, signal: AbortSignal): Promise<void> => {
      const timeoutMs = K_SINK_TIMEOUT * 1000;
      const maxBytes = Number.MAX_SAFE_INTEGER;
      const answer = await stream({ agent, method: "POST", url, headers, body, timeoutMs, maxBytes, signal });
      // The event is accepted, even if reading the rest of the response fails.
      const said = await readAll(answer.chunks, enoughBytes).catch(() => Buffer.alloc(0));
      const judged = classifyResponse(answer.status);
      if (judged === "taken") return;
      const retryAfterSeconds = retryAfterOf(answer.headers);
      throw new IoError(`The sink answered ${answer.status}${sayingOf(said)}.`, {
        retryable: judged === "later",
        httpStatus: answer.status,
        ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      });
    },
  };
};

const sayingOf = (said: Buffer): string => {
  const text = said.toString("utf8").replace(/\s+/g, " ").trim().slice(0, 200);
  return text === "" ? "" : `: ${text}`;
};

const pack = ({ data, time, ...attributes }: KeptnEvent, extensions: Extensions): Message => {
  const known = time !== undefined && Number.isFinite(Date.parse(time)) ? { time } : {};
  const event = { ...attributes, specversion: "1.0", ...known, datacontenttype: "application/json", data };
  const { headers, body } = HTTP.binary(new CloudEvent({ ...event, ...extensions }, false));
  const encoded = Object.entries(headers).map(([name, value]) => [name, encodeHeader(name, String(value))]);
  return { headers: Object.fromEntries(encoded), body: String(body) };
};

/** CloudEvents HTTP binding, section 3.1.3.2: percent-encodes spaces, quotes, percent signs and everything outside printable ASCII. */
const encodeHeader = (name: string, value: string): string =>
  name === "content-type" ? value : value.toWellFormed().replace(/[^\x21\x23\x24\x26-\x7e]+/g, encodeURIComponent);
