// Watches released Jobs on a real API server as a reflector does: from a version on, and from where it was when a watch ends.
import { label } from "../../../functions/lib/core/annotations/annotations.ts";
import type { Job } from "../../../functions/lib/core/kubernetes.ts";
import type { Cluster } from "./cluster.ts";
import type { JobChange, Watch } from "./source.ts";

const types: Readonly<Record<string, JobChange["type"]>> = { ADDED: "add", MODIFIED: "update", DELETED: "delete" };

interface WatchEvent {
  readonly type: string;
  readonly object: Job;
}

export const watchCluster = async ({ api, namespace }: Cluster): Promise<Watch> => {
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const { body } = await api.call<{ metadata: { resourceVersion: string } }>({ method: "GET", path: jobs });
  const events = async function* (resourceVersion: string): AsyncGenerator<WatchEvent> {
    const query = new URLSearchParams({ watch: "true", labelSelector: `${label.state}=released`, resourceVersion });
    const { chunks } = await api.stream({ method: "GET", path: `${jobs}?${query}` });
    let text = "";
    for await (const chunk of chunks) {
      const lines = (text + chunk.toString()).split("\n");
      text = lines.pop() ?? "";
      yield* lines.map((line) => JSON.parse(line) as WatchEvent);
    }
  };
  let version = body.metadata.resourceVersion;
  return (tell) => {
    let stopped = false;
    let seen = version;
    const follow = async (): Promise<void> => {
      for await (const { type, object } of events(seen)) {
        if (stopped) return;
        seen = object.metadata?.resourceVersion ?? seen;
        version = seen;
        tell({ type: types[type] ?? "update", job: object });
      }
    };
    void (async () => {
      while (!stopped) await follow().catch(() => {}); // our client ends every request after a while
    })();
    return () => {
      stopped = true;
    };
  };
};
