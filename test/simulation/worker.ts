// One of several threads that simulate worlds.
import { parentPort, workerData } from "node:worker_threads";
import { loadHandlers } from "./handlers.ts";
import { mistakes } from "./mistakes.ts";
import { tallyWorlds } from "./tally.ts";
import type { Order } from "./workers.ts";

const mistake = mistakes.find(({ name }) => name === workerData.mistake);
const given = { handlers: await loadHandlers(mistake), only: mistake?.only };

parentPort?.on("message", async (order: Order) => parentPort?.postMessage(await tallyWorlds({ ...order, ...given })));
