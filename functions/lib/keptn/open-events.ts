// Lists Keptn's open events page by page, holding one page at a time.
import * as z from "zod";
import type { Listing } from "../core/source/plan-poll.ts";
import { IoError } from "../io-error.ts";
import type { KeptnApi } from "./api.ts";

const page = z.object({
  events: z.array(z.looseObject({ id: z.string() })).nullish(),
  totalCount: z.number().nullish(),
});

export type ListedEvent = NonNullable<z.output<typeof page>["events"]>[number];

/**
 * Keptn lists newest first, and its pages are offsets (shipyard-controller, common/pagination.go). Pages are read from last to first, so
 * that events come oldest first. Events triggered meanwhile shift others to pages already read; the next poll finds those.
 * @throws IoError
 */
export async function* listOpen(
  api: KeptnApi,
  listing: Listing,
  pageSize = 100,
): AsyncGenerator<readonly ListedEvent[]> {
  try {
    yield* walkPages(api, listing, pageSize);
  } catch (fault) {
    if (!(fault instanceof IoError && fault.tooLarge)) throw fault;
    yield* walkPages(api, listing, 10); // full events have up to 1 MiB each
  }
}

async function* walkPages(api: KeptnApi, listing: Listing, size: number): AsyncGenerator<readonly ListedEvent[]> {
  const first = await getPage(api, listing, { size, from: 0 });
  const total = first.totalCount ?? 0;
  for (let from = Math.floor((total - 1) / size) * size; from > 0; from -= size) {
    yield oldestFirst(await getPage(api, listing, { size, from }));
  }
  yield oldestFirst(total > size ? await getPage(api, listing, { size, from: 0 }) : first);
}

type Page = z.output<typeof page>;

interface Part {
  readonly size: number;
  readonly from: number;
}

const getPage = (api: KeptnApi, { type, ...narrow }: Listing, { size, from }: Part): Promise<Page> => {
  const query = new URLSearchParams({ ...narrow, pageSize: String(size) });
  if (from > 0) query.set("nextPageKey", String(from));
  return api.call<Page>({
    path: `controlPlane/v1/event/triggered/${encodeURIComponent(type)}?${query}`,
    shape: page,
    absent: { messages: ["project not found"], value: {} },
  });
};

const oldestFirst = ({ events }: Page): readonly ListedEvent[] => (events ?? []).toReversed();
