// Lists objects page by page.
import { IoError } from "../io-error.ts";
import type { Call, KubernetesApi } from "./api.ts";

export interface Listing {
  readonly collection: string;
  /** `labelSelector`, `fieldSelector` */
  readonly selectors?: Readonly<Record<string, string>>;
  /** See {@link Call}. */
  readonly accept?: string | undefined;
  /** Limit of a page; by default the client's. A larger page is requested again with half as many objects. */
  readonly maxBytes?: number | undefined;
  /** All objects together must fit this limit. */
  readonly whole?: boolean;
  /** Receives the beginning of a page that is too large even with one object; that object is skipped. Without it, such a page is an error. */
  readonly onTooLarge?: (head: string, fault: IoError) => void;
}

/** If the list has expired, this is a metav1.Status without items. */
interface Page<T> {
  readonly metadata?: { readonly continue?: string };
  /** null: an empty PartialObjectMetadataList (Go's nil slice). */
  readonly items?: readonly T[] | null;
  readonly message?: string;
}

const pageSize = 500;

/**
 * Without a resourceVersion, so that the result is current and not from a cache. A list that takes longer than etcd keeps its version
 * continues with the current objects: the 410 has its own `continue` (apiserver: storage/etcd3/errors.go).
 * @throws IoError
 */
export async function* listPages<T>(api: KubernetesApi, listing: Listing): AsyncGenerator<readonly T[]> {
  let limit = pageSize;
  let next: string | undefined = "";
  while (next !== undefined) {
    const call = callOf(listing, limit, next);
    try {
      const { status, body }: { status: number; body: Page<T> } = await api.call<Page<T>>(call);
      next = body.metadata?.continue || undefined;
      if (status === 410 && !next)
        throw new IoError(`Kubernetes GET ${call.path}: 410 ${body.message}`, { retryable: true, httpStatus: 410 });
      yield body.items ?? [];
    } catch (fault) {
      if (!(fault instanceof IoError && fault.tooLarge) || listing.whole) throw fault;
      if (limit > 1) limit = Math.floor(limit / 2);
      else if (!listing.onTooLarge) throw fault;
      else {
        const head = await readHead(api, call);
        listing.onTooLarge(head, fault);
        // The list's metadata comes before its items (meta/v1: type PartialObjectMetadataList).
        next = /^[^[]*"continue":"([^"]+)"/.exec(head)?.[1];
      }
    }
  }
}

/** All pages as one list. @throws IoError */
export const listAll = async <T>(api: KubernetesApi, listing: Listing): Promise<T[]> => {
  const items: T[] = [];
  for await (const page of listPages<T>(api, listing)) items.push(...page);
  return items;
};

const callOf = ({ collection, selectors, accept, maxBytes }: Listing, limit: number, next: string): Call => {
  const query = new URLSearchParams({ ...selectors, limit: String(limit), ...(next ? { continue: next } : {}) });
  return { method: "GET", path: `${collection}?${query}`, expected: [410], accept, maxBytes };
};

/** Enough for the list's metadata and the name and labels of its first object, which come first (metav1.ObjectMeta). */
const headBytes = 64 * 1024;

const readHead = async (api: KubernetesApi, call: Call): Promise<string> => {
  let head = "";
  for await (const chunk of (await api.stream(call)).chunks) {
    head += chunk.toString();
    if (head.length >= headBytes) break;
  }
  return head;
};
