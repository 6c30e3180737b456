// Words that nobody in this field would search for do not come back as names (docs/decisions/0043-words-of-the-field.md).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { test } from "node:test";
import { sourceFiles } from "./imports-of.ts";

/** Names of declarations and of members of types. To the right: what to say instead. */
const names: Readonly<Record<string, string>> = {
  advance: "reconcileRun",
  Target: "RunRef",
  How: "ReconcileOptions",
  Rest: "ReconcileResult",
  hint: "ReconcileRequest",
  Hint: "ReconcileRequest",
  parseHint: "parseTrigger",
  claim: "lease, acquireLease",
  Claim: "Lease",
  Hold: "HeldLease",
  me: "holderIdentity",
  giveBack: "release",
  newClaimant: "newHolderIdentity",
  settle: "sendFinished",
  Settled: "SendResult",
  evenOut: "sendMissingEvents",
  Evening: "MissingEvents",
  isEven: "isBalanced",
  Count: "EventCounts",
  tidy: "finalizeRun",
  letGo: "finalizeJob, removeFinalizer",
  Chain: "RunSpec",
  chain: "spec",
  ChainLink: "TaskRef",
  ChainPorts: "ReconcilePorts",
  Marks: "RunAnnotations",
  standings: "redeliveries",
  halfAnswered: "partiallyReported",
  maybeDone: "outcomeUnknown",
  unlessRefused: "catchPermanent",
  withGrace: "retryFor",
  makeTurns: "limitConcurrency",
  makeGate: "serializeAfter401",
  Gate: "Serialize",
  openEarly: "preconnect",
  touchSparingly: "throttleTouch",
  Wire: "Connection",
  Proof: "AuthHeaders",
  ask: "sendRequest",
  judge: "parseResponse",
  Opening: "StreamRequest",
  Begun: "PendingResponse",
  lanes: "queue",
  Lanes: "KeyedQueue",
  Parcel: "QueuedEvent",
  parcel: "queued",
  makeCarrier: "makeDeliverer",
  Intake: "Admission",
  intake: "admission",
  early: "deferred",
  Memory: "DeliveredIds",
  Alarm: "Wakeup",
  alarm: "wakeup",
  Look: "Poll",
  Rhythm: "Backoff",
  KeptnFeed: "KeptnClient",
  Board: "LiveView",
  Sight: "ClusterView",
  sight: "cluster",
  Answer: "DeliveryResult, or what it is: an event, an HTTP response",
  HttpAnswer: "HttpResponse",
  Answered: "ApiResponse",
  SourceAnswer: "SourceFinished",
  SinkAnswer: "SinkResponse",
  answerFor: "toDeliveryResult",
};

const files = [
  ...["advance", "hint", "claim", "settle", "even-out", "tidy", "rest", "gather", "marks", "read-marks", "memory"],
  ...["standing", "grace", "turns", "gate", "early-connection", "touch-sparingly", "lanes", "carrier", "intake"],
  ...["early", "alarm", "look", "rhythm", "keptn-feed", "board", "sight", "world", "answer", "answers"],
];

/** Words of a sentence in a text are no names; members of literals for others (JSON, HTTP) are theirs. */
const declaration =
  /\b(?:const|let|function|interface|type)\s+([A-Za-z]\w*)|^\s+readonly\s+([A-Za-z]\w*)\??:|^ {2}([A-Za-z]\w*)\(.*\): /gm;

const declaredIn = (text: string): string[] =>
  [...text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "").matchAll(declaration)].map(
    ([, declared, member, method]) => declared ?? member ?? method ?? "",
  );

test("names are found at all", () => {
  assert.deepEqual(
    declaredIn("export const claim = 1;\n  readonly hint: string;\n  keep(): Promise<void>;\n// const a = 1"),
    ["claim", "hint", "keep"],
  );
});

test("no declaration has a private word", () => {
  const found = sourceFiles.flatMap((file) =>
    declaredIn(readFileSync(file, "utf8")).flatMap((name) =>
      Object.hasOwn(names, name) ? [`${file}: ${name}; say ${names[name]}`] : [],
    ),
  );
  assert.deepEqual([...new Set(found)], []);
});

test("no file has a private word for its name", () => {
  assert.deepEqual(
    sourceFiles.filter((file) => files.includes(basename(file, ".ts"))),
    [],
  );
});
