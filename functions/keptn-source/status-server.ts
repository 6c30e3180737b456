// Serves /health/liveness, /health/readiness and /metrics for Kubernetes and Prometheus.
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { Source } from "./handler.ts";

/** @throws the error of `listen`, such as EADDRINUSE */
export const startStatusServer = async (port: number, source: Source): Promise<void> => {
  const server = createServer((request, response) => {
    void respond(request.url ?? "", response, source);
  });
  server.listen(port);
  await once(server, "listening");
};

const respond = async (url: string, response: ServerResponse, source: Source): Promise<void> => {
  switch (url.replace(/\?.*$/s, "")) {
    case "/health/liveness":
      return sendHealth(response, source.whyNotAlive());
    case "/health/readiness":
      return sendHealth(response, source.whyNotReady());
    case "/metrics": {
      const { contentType, text } = await source.metrics();
      response.writeHead(200, { "content-type": contentType }).end(text);
      return;
    }
    default:
      return send(response, 404, "Not found. Use /health/liveness, /health/readiness or /metrics.");
  }
};

const sendHealth = (response: ServerResponse, whyNot: string | undefined): void =>
  whyNot === undefined ? send(response, 200, "OK") : send(response, 503, whyNot);

const send = (response: ServerResponse, status: number, text: string): void => {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${text}\n`);
};
