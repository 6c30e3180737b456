// Lists what Keptn has open, page by page: only one page of events is ever held.
import * as z from "zod";
import type { Listing } from "../../core/source/plan-look.ts";
import { IoError } from "../io-error.ts";
import type { KeptnApi } from "./api.ts";

const page = z.object({
  events: z.array(z.looseObject({ id: z.string() })).nullish(),
  totalCount: z.number().nullish(),
});

export type ListedEvent = NonNullable<z.output<typeof page>["events"]>[number];

/** Keptn sends whole events, of up to 1 MiB each: the second size is for a list of the largest ones. */
const pageSizes = [100, 10] as const;

/**
 * Keptn sorts the newest first, and its pages are offsets (shipyard-controller, common/pagination.go). Read from the last page to the
 * first, events come oldest first; those that are triggered meanwhile move others to pages that were read: the next look finds them.
 * @throws IoError
 */
export async function* listOpen(
  api: KeptnApi,
  listing: Listing,
  pageSize: number = pageSizes[0],
): AsyncGenerator<readonly ListedEvent[]> {
  const [, smaller] = pageSizes;
  try {
    yield* walkPages(api, listing, pageSize);
  } catch (fault) {
    if (!isTooLarge(fault)) throw fault;
    yield* walkPages(api, listing, smaller);
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

/** An answer that is no refusal and makes no sense to ask for again. */
const isTooLarge = (fault: unknown): boolean =>
  fault instanceof IoError && !fault.retryable && fault.httpStatus === undefined;

type Page = z.output<typeof page>;

interface Part {
  readonly size: number;
  readonly from: number;
}

const getPage = (api: KeptnApi, { type, ...narrow }: Listing, { size, from }: Part): Promise<Page> => {
  const query = new URLSearchParams({
    ...narrow,
    pageSize: String(size),
    ...(from > 0 && { nextPageKey: String(from) }),
  });
  return api.call<Page>({
    path: `controlPlane/v1/event/triggered/${encodeURIComponent(type)}?${query}`,
    shape: page,
    absent: { messages: ["project not found"], value: {} },
  });
};

const oldestFirst = ({ events }: Page): readonly ListedEvent[] => (events ?? []).toReversed();
