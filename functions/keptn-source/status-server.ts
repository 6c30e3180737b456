// Serves /health/liveness, /health/readiness and /metrics for Kubernetes and Prometheus.
import { createServer, type ServerResponse } from "node:http";

export interface Status {
  /** The reason as a sentence; undefined: the process is alive. */
  readonly whyNotAlive: () => string | undefined;
  readonly whyNotReady: () => string | undefined;
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

export interface StatusServer {
  readonly port: number;
  close(): Promise<void>;
}

/** @throws the error of `listen`, such as EADDRINUSE */
export const startStatusServer = async (port: number, status: Status): Promise<StatusServer> => {
  const server = createServer((request, response) => {
    void answer(request.url ?? "", response, status);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const answer = async (url: string, response: ServerResponse, status: Status): Promise<void> => {
  switch (url.replace(/\?.*$/s, "")) {
    case "/health/liveness":
      return sayWhy(response, status.whyNotAlive());
    case "/health/readiness":
      return sayWhy(response, status.whyNotReady());
    case "/metrics": {
      const { contentType, text } = await status.metrics();
      response.writeHead(200, { "content-type": contentType }).end(text);
      return;
    }
    default:
      return say(response, 404, "Not found. Use /health/liveness, /health/readiness or /metrics.");
  }
};

const sayWhy = (response: ServerResponse, whyNot: string | undefined): void =>
  whyNot === undefined ? say(response, 200, "OK") : say(response, 503, whyNot);

const say = (response: ServerResponse, status: number, text: string): void => {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${text}\n`);
};
