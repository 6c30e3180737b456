// Calls that were recorded, as a script for whoever makes them bare: in the same order, as many at once, with the same bodies.
import type { Recorded } from "./recorder.ts";

export type ScriptedCall = Pick<Recorded, "server" | "method" | "path" | "headers" | "body" | "uid">;

/** One after the other; the calls of each at once. */
export type Script = readonly (readonly ScriptedCall[])[];

/** A call that began after all before it had ended waited for them. */
export const scriptOf = (recorded: readonly Recorded[]): Script => {
  const stages: Recorded[][] = [];
  for (const call of recorded.toSorted((a, b) => a.begunMs - b.begunMs)) {
    const last = stages.at(-1);
    if (last?.some(({ endedMs }) => endedMs > call.begunMs)) last.push(call);
    else stages.push([call]);
  }
  return stages.map((stage) => stage.map(({ begunMs: _begun, endedMs: _ended, ...call }) => call));
};

/** The same for another run: what differs between them, as pairs of the recorded text and the other one. */
export const scriptFor = (script: Script, texts: readonly (readonly [recorded: string, other: string])[]): Script => {
  const replace = (text: string): string =>
    texts.reduce((all, [recorded, other]) => all.replaceAll(recorded, other), text);
  return script.map((stage) => stage.map((call) => ({ ...call, path: replace(call.path), body: replace(call.body) })));
};
