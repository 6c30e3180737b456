// Gives memory back to the machine, for a process that waits most of the time.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** V8 collects when memory is asked for, and who is idle asks for none: 6 MiB of what starting left behind would stay for ever. */
export const returnMemory = (): void => {
  setFlagsFromString("--expose-gc");
  // Only a context that is made after the flag was set has the function (V8, gc-extension.cc).
  const collect: NodeJS.GCFunction = runInNewContext("gc");
  collect({ type: "major", execution: "sync", flavor: "last-resort" });
};
