// A connection from pods to a server of this test, which can be cut and restored.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

export interface Relay {
  /** As pods reach it, e.g. `http://10.244.0.1:34567`. */
  readonly url: string;
  /** Where it leads, by port on this machine. */
  lead(port: number): void;
  /** Every connection ends, and none is accepted. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

/** This machine, as pods see it. */
export const hostIp = process.env["TEST_HOST_IP"] ?? "10.244.0.1";

export const startRelay = async (): Promise<Relay> => {
  const open = new Set<Socket>();
  let to = 0;
  const relay = (from: Socket): void => {
    const onward = connect(to, "127.0.0.1");
    for (const [socket, other] of [[from, onward] as const, [onward, from] as const]) {
      open.add(socket);
      socket.on("error", () => other.destroy());
      socket.once("close", () => {
        open.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  };
  let server = await listen(relay, 0);
  const { port } = server.address() as AddressInfo;
  const cut = async (): Promise<void> => {
    const closed = once(server, "close");
    server.close();
    for (const socket of open) socket.destroy();
    await closed;
  };
  return {
    url: `http://${hostIp}:${port}`,
    lead: (next) => {
      to = next;
    },
    cut,
    mend: async () => {
      server = await listen(relay, port);
    },
    close: async () => {
      if (server.listening) await cut();
    },
  };
};

const listen = async (relay: (from: Socket) => void, port: number): Promise<Server> => {
  const server = createServer(relay).listen(port, hostIp);
  await once(server, "listening");
  return server;
};
