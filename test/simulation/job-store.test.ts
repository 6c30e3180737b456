// The simulated Jobs meet the contract of the real API server.
import { randomUUID } from "node:crypto";
import { label } from "../../functions/lib/core/annotations/annotations.ts";
import { addNamespaces } from "../../functions/lib/core/run/run-scope.ts";
import { jobsContract } from "../contract/jobs.contract.ts";
import { makeJobStore } from "./job-store.ts";

jobsContract("simulated", async () => {
  const store = makeJobStore({ now: () => new Date(), newUid: randomUUID, onChange: () => {} });
  const open = ["waiting", "released"];
  return {
    jobs: {
      create: async (job) => structuredClone(store.create(structuredClone(job))),
      listRun: async (runId, namespaces) => structuredClone(store.listRun(runId, namespaces)),
      listEvent: async (eventId, namespaces) => structuredClone(store.listEvent(eventId, namespaces)),
      listOpen: async () => {
        const runs = new Map<string, Set<string>>();
        addNamespaces(
          runs,
          store.list(({ metadata }) => open.includes(metadata?.labels?.[label.state] ?? "")),
        );
        return { runs, unread: [] };
      },
      patch: async (ref, change) => store.patch(ref, change),
      delete: async (ref) => store.delete(ref),
    },
    namespaces: ["one", "two"],
    touchStatus: async (ref) => store.setStatus(ref, { ready: 0 }),
    close: async () => {},
  };
});
