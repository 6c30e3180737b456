// A Job change in a few words, for a story.
import { annotation } from "../../functions/lib/core/annotations/annotations.ts";
import type { JobChange } from "../../functions/lib/kubernetes/ports.ts";

const words: Readonly<Record<string, string>> = {
  [annotation.announced]: "announced",
  [annotation.claim]: "claim",
  [annotation.reported]: "reported",
  [annotation.refused]: "refused",
};

/** `if announced is empty: claim=x, release` */
export const renderChange = (change: JobChange): string => {
  const { expect = {}, annotations = {}, state, suspend, ttlSeconds, finalizeJob } = change;
  const conditions = [
    ...Object.entries(expect.annotations ?? {}).map(([name, value]) => `${words[name] ?? name} is ${shorten(value)}`),
    ...(expect.suspend === undefined ? [] : [expect.suspend ? "it is suspended" : "it is not suspended"]),
  ];
  const changes = [
    ...Object.entries(annotations).map(([name, value]) => `${words[name] ?? name} = ${shorten(value)}`),
    ...(state ? [`state ${state}`] : []),
    ...(suspend === undefined ? [] : [suspend ? "suspend" : "release"]),
    ...(ttlSeconds === undefined ? [] : [`TTL ${ttlSeconds} s`]),
    ...(finalizeJob ? ["finalizer off"] : []),
  ];
  return `${changes.join(", ")}${conditions.length > 0 ? `, if ${conditions.join(" and ")}` : ""}`;
};

const shorten = (value: string): string => {
  if (value === "") return "none";
  const claim = /"by":"([^"]*)"/.exec(value)?.[1];
  return claim ? `'${claim}'` : value.length > 40 ? `${value.slice(0, 40)}...` : value;
};
