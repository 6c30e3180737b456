// Lists of objects, page by page.
import type { KubernetesApi } from "./api.ts";

interface Page<T> {
  readonly metadata?: { readonly continue?: string };
  readonly items: readonly T[];
}

const pageSize = "500";

/**
 * Without a resourceVersion: what the API server has now, not what a cache had.
 * @param selectors `labelSelector`, `fieldSelector`
 * @throws IoError
 */
export const listAll = async <T>(
  api: KubernetesApi,
  collection: string,
  selectors: Readonly<Record<string, string>> = {},
): Promise<T[]> => {
  const items: T[] = [];
  let next = "";
  do {
    const query = new URLSearchParams({ ...selectors, limit: pageSize, ...(next ? { continue: next } : {}) });
    const { body } = await api.call<Page<T>>({ method: "GET", path: `${collection}?${query}` });
    items.push(...body.items);
    next = body.metadata?.continue ?? "";
  } while (next);
  return items;
};
