// What V8 optimises, from some moment on. At the start it does as it always does: with other flags it would take neither what Node
// brings of its own modules ready compiled, 10 ms of a cold start, nor what the build left beside a bundle (build/load-program.ts).

/** In the environment of a process whose compiled code the build keeps, for processes with V8's usual flags. */
export const recordCompiled = "RECORD_COMPILED";

/** A process that is soon over: optimised code would be ready too late, and making it takes 20 MiB. */
export const optimiseNothing = ["--no-maglev", "--no-opt"];

/**
 * A process with many events to come. V8 waits for 3000 calls of a function, which are hundreds of events, and its quick compiler in
 * between leaves 10 MiB behind. Not --optimize-for-size: with it a full collection takes along the compiled code for shapes of which
 * there is no object just then, nearly all of it every 2000 events (docs/decisions/0020).
 */
export const optimiseSoon = [
  "--no-maglev",
  "--invocation-count-for-turbofan=100",
  "--minimum-invocations-after-ic-update=100",
];

/** @returns sets these flags when it is called for the first time. To be called once all that Node has to load is loaded */
export const makeOptimise = (flags: readonly string[]): (() => void) => {
  let isSet = process.env[recordCompiled] !== undefined;
  return () => {
    if (isSet) return;
    isSet = true;
    const v8 = process.getBuiltinModule("node:v8");
    for (const flag of flags) v8.setFlagsFromString(flag);
  };
};
