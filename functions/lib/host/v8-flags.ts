// Sets V8's optimization flags after startup. With other flags at startup, V8 would reject Node's precompiled modules, which save 10 ms of
// a cold start, and the code cache that the build puts next to a bundle (build/load-program.ts).

/** Environment variable of processes whose compiled code the build keeps; these use V8's default flags. */
export const recordCompiled = "RECORD_COMPILED";

/** For a short-lived process: optimized code would be ready too late, and compiling it takes 20 MiB. */
export const optimiseNothing = ["--no-maglev", "--no-opt"];

/**
 * For a process with many events. V8 waits for 3000 calls of a function, which are hundreds of events, and its mid-tier compiler
 * leaves 10 MiB behind. Not --optimize-for-size: with it, a full garbage collection drops compiled code for shapes without a live
 * object, nearly all of it every 2000 events (docs/decisions/0020).
 */
export const optimiseSoon = [
  "--no-maglev",
  "--invocation-count-for-turbofan=100",
  "--minimum-invocations-after-ic-update=100",
];

/** @returns a function that sets these flags on its first call; to be called after all modules are loaded */
export const makeOptimise = (flags: readonly string[]): (() => void) => {
  let isSet = process.env[recordCompiled] !== undefined;
  return () => {
    if (isSet) return;
    isSet = true;
    const v8 = process.getBuiltinModule("node:v8");
    for (const flag of flags) v8.setFlagsFromString(flag);
  };
};
