// One HTTP request, as its sender describes it.
import type { Agent } from "node:http";

export interface HttpRequest {
  /** Handles keep-alive, TLS and proxies. */
  readonly agent?: Agent;
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | undefined;
  /** From the start to the last byte of the response; with 0, nothing is sent. */
  readonly timeoutMs: number;
  /** Longest time without data from the server. Without it, only `timeoutMs` applies. */
  readonly silenceMs?: number;
  /** Limit of the response body. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}
