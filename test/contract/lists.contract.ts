// How lists go page by page, what an expired page says, and what a namespace that is being deleted still takes.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { finalizer, label } from "../../functions/lib/core/annotations/annotations.ts";
import type { Job } from "../../functions/lib/core/kubernetes.ts";
import { IoError } from "../../functions/lib/io-error.ts";
import type { KubernetesApi } from "../../functions/lib/kubernetes/api.ts";
import { collectionOfJobs } from "../../functions/lib/kubernetes/job-paths.ts";
import { connectJobs } from "../../functions/lib/kubernetes/jobs.ts";
import { listAll, listPages } from "../../functions/lib/kubernetes/list.ts";
import { makeTestJob, newRunId, refOf } from "./jobs.contract.ts";

export interface ListsWorld {
  readonly api: KubernetesApi;
  /** One that is there; the last test deletes it. */
  readonly namespace: string;
  /** Makes tokens of lists that were begun at resourceVersion 1 expire, if it can. */
  compact(): void;
  /** Begins to delete the namespace. */
  terminate(): Promise<void>;
  close(): Promise<void>;
}

const metadataOnly = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

export const listsContract = (name: string, open: () => Promise<ListsWorld>): void => {
  describe(`lists contract: ${name}`, () => {
    let world: ListsWorld;
    let collection: string;
    const runIds = Array.from({ length: 7 }, newRunId).sort();
    const namesOf = (jobs: readonly Job[]) => jobs.map(({ metadata }) => metadata?.labels?.[label.run]);
    before(async () => {
      world = await open();
      collection = collectionOfJobs(world.namespace);
      for (const [index, runId] of runIds.entries()) {
        const job = makeTestJob(runId, { namespace: world.namespace });
        const annotations = { ...job.metadata?.annotations, size: "x".repeat(index === 3 ? 40_000 : 4000) };
        await connectJobs(world.api).create({ ...job, metadata: { ...job.metadata, annotations } });
      }
    });
    after(() => world?.close());

    test("a page that is too large comes in halves, each object once", async () => {
      for (const maxBytes of [50_000, 80_000, 1_000_000])
        assert.deepEqual(namesOf(await listAll<Job>(world.api, { collection, maxBytes })), runIds);
    });

    test("one object that is too large alone is left out and told of, by its name and its labels", async () => {
      const heads: string[] = [];
      const listing = { collection, maxBytes: 20_000, onTooLarge: (head: string) => void heads.push(head) };
      const others = runIds.toSpliced(3, 1);
      assert.deepEqual(namesOf(await listAll<Job>(world.api, { ...listing, accept: metadataOnly })), others);
      assert.equal(heads.length, 1);
      assert.ok(heads[0]?.includes(`"${label.run}":"${runIds[3]}"`));
      await assert.rejects(listAll(world.api, { collection, maxBytes: 20_000 }), { tooLarge: true });
    });

    test("of metadata only there is nothing else", async () => {
      const [job] = await listAll<Job>(world.api, { collection, accept: metadataOnly });
      assert.ok(job?.metadata?.labels?.[label.run]);
      assert.equal(job.spec, undefined);
    });

    test("a list of nothing is empty, also of metadata only", async () => {
      const nothing = { collection, selectors: { labelSelector: `${label.run}=none` } };
      assert.deepEqual(await listAll<Job>(world.api, nothing), []);
      assert.deepEqual(await listAll<Job>(world.api, { ...nothing, accept: metadataOnly }), []);
    });

    test("what is selected by fields", async () => {
      const name = `metadata.name!=${makeTestJob(runIds[0] ?? "").metadata?.name}`;
      const found = await listAll<Job>(world.api, { collection, selectors: { fieldSelector: name } });
      assert.deepEqual(namesOf(found), runIds.slice(1));
      const wrong = listAll(world.api, { collection, selectors: { fieldSelector: "spec.suspend=true" } });
      await assert.rejects(wrong, { httpStatus: 400, message: /field label .*spec\.suspend.* not supported/ });
    });

    test("a list that expired between two pages goes on with what is there by then", async (context) => {
      const start = makeTestJob(runIds[4] ?? "").metadata?.name;
      const old = Buffer.from(JSON.stringify({ v: "meta.k8s.io/v1", rv: 1, start })).toString("base64url");
      world.compact();
      const first = { method: "GET", path: `${collection}?limit=2&continue=${old}`, expected: [410] } as const;
      const { status } = await world.api.call(first);
      if (status !== 410) return context.skip("nothing was compacted on this cluster yet");
      // The client asks for its first page with the old token.
      const api: KubernetesApi = {
        ...world.api,
        call: (call) =>
          world.api.call(call.path.includes("continue=") ? call : { ...call, path: `${call.path}&continue=${old}` }),
      };
      const pages: (readonly Job[])[] = [];
      for await (const page of listPages<Job>(api, { collection })) pages.push(page);
      assert.deepEqual(namesOf(pages.flat()), runIds.slice(4));
    });

    test("a namespace that is being deleted takes no new Job, and lets those that are there be read and let go", async () => {
      const jobs = connectJobs(world.api);
      await world.terminate();
      const isRefused = (fault: unknown) =>
        fault instanceof IoError && fault.httpStatus === 403 && /is being terminated/.test(fault.message);
      await assert.rejects(jobs.create(makeTestJob(newRunId(), { namespace: world.namespace })), isRefused);
      for (;;) {
        const there = await listAll<Job>(world.api, { collection });
        if (there.every(({ metadata }) => metadata?.deletionTimestamp)) break;
      }
      for (const runId of runIds) {
        const [job] = await jobs.listRun(runId, [world.namespace]);
        assert.ok(job);
        assert.deepEqual(job.metadata?.finalizers, [finalizer]);
        assert.equal(await jobs.patch(refOf(job), { finalizeJob: true, state: "reported" }), "done");
      }
      while ((await listAll(world.api, { collection })).length > 0);
    });
  });
};
