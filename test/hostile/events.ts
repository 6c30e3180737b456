// Requests at a function that no Broker would send, or whose event no Keptn would: what each is answered.
import type { KeptnEvent } from "../../functions/lib/core/event/keptn-event.ts";
import { requestOfEvent, structuredRequestOf } from "../doubles/requests.ts";
import type { HostileRequest } from "./send.ts";
import { type } from "./world.ts";

export interface HostileEvent {
  readonly what: string;
  readonly request: HostileRequest;
  readonly status: 204 | 400 | 404 | 413 | 431;
  /** In the answer, or in the log where that has no body. */
  readonly says?: RegExp;
  /** finish-task has no use for Keptn's events: what is only wrong with one of them is none of its business. */
  readonly onlyStartJob?: true;
}

const scope = { project: "sockshop", stage: "dev", service: "nobody" };
const attributes = {
  ...{ specversion: "1.0", id: "hostile", type, source: "shipyard-controller", shkeptncontext: "c" },
};
const event = { ...attributes, data: scope };
const megabytes = (count: number): string => "x".repeat(count * 1_000_000);

/** The body under the headers of a good event. */
const binary = (body: string | Buffer, headers: Record<string, string> = {}): HostileRequest => ({
  headers: { ...requestOfEvent(attributes).headers, ...headers },
  body,
});
const structured = (body: string | Buffer, headers: Record<string, string> = {}): HostileRequest => ({
  headers: { ...structuredRequestOf({}).headers, ...headers },
  body,
});
const withContentType = (contentType: string): HostileRequest => binary("a=b&c=d", { "content-type": contentType });

const deep = (levels: number): string => `${'{"a":['.repeat(levels)}1${"]}".repeat(levels)}`;
const around = (value: string): string => `${JSON.stringify(scope).slice(0, -1)},${value}}`;

const sizes: readonly HostileEvent[] = [
  { what: "of 10 MB", request: binary(around(`"x":"${megabytes(10)}"`)), status: 413 },
  {
    what: "of 10 MB whose length is not told",
    request: { ...binary(around(`"x":"${megabytes(10)}"`)), chunked: true },
    status: 413,
  },
  { what: "of 10 MB in structured mode", request: structured(megabytes(10)), status: 413 },
  ...["application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "text/plain", "a/b"].map(
    (contentType): HostileEvent => ({
      what: `of 10 MB as ${contentType}, in chunks`,
      request: { ...withContentType(contentType), body: `a=${megabytes(10)}`, chunked: true },
      status: 413,
    }),
  ),
  {
    what: "with headers of 20 kB",
    request: { headers: { ...requestOfEvent(event).headers, "ce-extension": "x".repeat(20_000) } },
    status: 431,
  },
  {
    what: "with 3000 headers",
    request: { headers: Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`ce-x${i}`, "y"])) },
    status: 431,
  },
  {
    what: "with an id of 1 MB",
    request: structured(JSON.stringify({ ...event, id: megabytes(1) })),
    status: 400,
    says: /id is longer than/,
    onlyStartJob: true,
  },
  {
    what: "with a type of 1 MB",
    request: structured(JSON.stringify({ ...event, type: megabytes(1) })),
    status: 204,
  },
  {
    what: "with 100000 extensions",
    request: structured(
      JSON.stringify({ ...event, ...Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`x${i}`, 1])) }),
    ),
    status: 204,
  },
];

const depths: readonly HostileEvent[] = [
  {
    what: "whose data is 100000 levels deep",
    request: binary(around(`"deep":${deep(100_000)}`)),
    status: 400,
    says: /nests deeper/,
    onlyStartJob: true,
  },
  {
    what: "whose labels are 100000 levels deep",
    request: binary(around(`"labels":{"deep":${deep(100_000)}}`)),
    status: 400,
    says: /nests deeper/,
    onlyStartJob: true,
  },
  {
    what: "that is 100000 levels deep in structured mode",
    request: structured(`${JSON.stringify(attributes).slice(0, -1)},"data":${around(`"deep":${deep(100_000)}`)}}`),
    status: 400,
    onlyStartJob: true,
  },
  { what: "of a million opening brackets", request: binary("[".repeat(1_000_000)), status: 400, says: /JSON/ },
  {
    what: "with an extension that is deep",
    request: structured(`${JSON.stringify(event).slice(0, -1)},"deep":${deep(100_000)}}`),
    status: 204,
  },
];

const contentTypes: readonly HostileEvent[] = [
  ...[
    ...["application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "text/plain", "text/xml", "image/png"],
    ...["application/json", "application/json; charset=utf-16", "nonsense", "application/vnd.api+json"],
    ...["application/cloudevents+xml", "application/cloudevents+json; charset=utf-16", "application/cloudevents"],
  ].map(
    (contentType): HostileEvent => ({
      what: `of ${contentType} that is none`,
      request: withContentType(contentType),
      status: 400,
      says: /is not a CloudEvent|no data\.project/,
      // A change of a Job without a Job, that is; of other types of event it has nothing to say.
      ...(/json|cloudevents/.test(contentType) ? {} : { onlyStartJob: true }),
    }),
  ),
  {
    what: "that is compressed",
    request: binary(Buffer.from("1f8b0800000000000003", "hex"), { "content-encoding": "gzip" }),
    status: 400,
  },
  {
    what: "in a batch of batches",
    request: { headers: { "content-type": "application/cloudevents-batch+json" }, body: "[[[[]]]]" },
    status: 400,
  },
  { what: "without a body", request: binary(""), status: 400, onlyStartJob: true },
  { what: "that is asked for", request: { method: "GET", headers: {} }, status: 400 },
  { what: "that is put", request: { ...binary("{}"), method: "PUT" }, status: 404 },
];

const texts: readonly HostileEvent[] = [
  {
    what: "with invalid UTF-8",
    request: binary(Buffer.from(around('"x":"\xff\xfe"'), "latin1")),
    status: 400,
    says: /UTF-8/,
  },
  {
    what: "with invalid UTF-8 in structured mode",
    request: structured(Buffer.from(JSON.stringify({ ...event, subject: "\xc3(" }), "latin1")),
    status: 400,
    says: /UTF-8/,
  },
  {
    what: "with control characters wherever they can be",
    request: structured(
      JSON.stringify({ ...event, id: "\u0000\u001b[31m\n", source: "\u001b]0;x\u0007", type: `${type}\r\n{"level":` }),
    ),
    status: 204,
  },
  {
    what: "of a project that leads out of its path",
    request: structured(
      JSON.stringify({ ...event, data: { project: "..", stage: "../../..", service: "?a=b#/../secret" } }),
    ),
    status: 400,
    says: /project is \.\., which is not a valid name/,
    onlyStartJob: true,
  },
  ...Object.entries({ id: 5, type: [], source: { a: 1 }, specversion: 1 }).map(
    ([name, value]): HostileEvent => ({
      what: `whose ${name} is ${JSON.stringify(value)}`,
      request: structured(JSON.stringify({ ...event, [name]: value })),
      status: 400,
    }),
  ),
  ...["null", "[]", '"text"', "5", "{}", ""].map(
    (body): HostileEvent => ({ what: `that is ${body || "empty"}`, request: structured(body), status: 400 }),
  ),
];

const pollution = '"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}}';

const pollutions: readonly HostileEvent[] = [
  { what: "with __proto__ in its data", request: binary(around(pollution)), status: 204 },
  {
    what: "with __proto__ in its data, in structured mode",
    request: structured(`${JSON.stringify(attributes).slice(0, -1)},"data":${around(pollution)}}`),
    status: 204,
  },
  {
    what: "with __proto__ for a label",
    request: binary(around(`"labels":{${pollution}}`)),
    status: 204,
    onlyStartJob: true,
  },
  {
    what: "with __proto__ for an extension",
    request: structured(`${JSON.stringify(event).slice(0, -1)},${pollution}}`),
    status: 204,
  },
  {
    what: "with methods of ours for extensions",
    request: structured(JSON.stringify({ ...event, validate: "x", emit: "x", hasownproperty: "x" })),
    status: 204,
  },
];

export const hostileEvents: readonly HostileEvent[] = [...sizes, ...depths, ...contentTypes, ...texts, ...pollutions];

/** Sent under the id of an event that Keptn has open: with VERIFY_EVENTS none of it may reach a Job. */
export const forgeriesOf = ({
  data,
  ...event
}: KeptnEvent): readonly (readonly [what: string, forged: KeptnEvent])[] => [
  ["another service", { ...event, data: { ...data, service: "forged" } }],
  ["another stage", { ...event, data: { ...data, stage: "forged" } }],
  ["data of its own", { ...event, data: { ...data, says: "forged", labels: { forged: "forged" } } }],
  ["another commit", { ...event, gitcommitid: "f0".repeat(20), data: { ...data, says: "forged" } }],
  ["another sender", { ...event, source: "forged", data: { ...data, says: "forged" } }],
];
