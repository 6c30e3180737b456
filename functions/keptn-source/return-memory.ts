// Returns memory to the operating system, for a process that is mostly idle.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** V8 collects garbage only when memory is allocated, so an idle process would keep 6 MiB of startup garbage forever. */
export const returnMemory = (): void => {
  setFlagsFromString("--expose-gc");
  // Only a context created after setting the flag has the function (V8, gc-extension.cc).
  const collect: NodeJS.GCFunction = runInNewContext("gc");
  collect({ type: "major", execution: "sync", flavor: "last-resort" });
};
