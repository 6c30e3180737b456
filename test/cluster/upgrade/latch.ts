// Keeps tasks in pods running until the test opens it.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { hostIp } from "../harness/relay.ts";

export interface Latch {
  /** For a task's script: ends once the latch is open. */
  readonly wait: string;
  open(): void;
  close(): Promise<void>;
}

export const startLatch = async (): Promise<Latch> => {
  let isOpen = false;
  const server = createServer((_, response) => response.writeHead(isOpen ? 200 : 503).end()).listen(0, hostIp);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    wait: `until wget -q -O /dev/null http://${hostIp}:${port} 2>/dev/null; do sleep 1; done`,
    open: () => {
      isOpen = true;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
