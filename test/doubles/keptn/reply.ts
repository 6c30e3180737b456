// Requests and answers inside the double, and the error bodies that Keptn's services share.
import type { Json } from "./merge.ts";

export interface Asked {
  readonly method: string;
  /** Path below /api, its segments decoded once, as the gateway hands it on. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export interface Reply {
  readonly status: number;
  readonly type: "application/json" | "text/plain" | "text/html";
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const json = (value: unknown, status = 200): Reply => ({
  status,
  type: "application/json",
  body: JSON.stringify(value),
});

export const refuse = (status: number, message: string): Reply => json({ code: status, message }, status);

/** gin's answer to a path that nobody serves. */
export const noRoute: Reply = { status: 404, type: "text/plain", body: "404 page not found" };

/** An error page of nginx. */
export const page = (status: number, title: string): Reply => ({
  status,
  type: "text/html",
  body: `<html>\n<head><title>${status} ${title}</title></head>\n<body></body>\n</html>\n`,
});

export const parseBody = (asked: Asked): Json | undefined => {
  try {
    return JSON.parse(asked.body.toString("utf8"));
  } catch {
    return undefined;
  }
};

/** Offset paging (common/pagination.go): the key of the next page, "0" on the last. */
export const paginate = <T>(all: readonly T[], query: URLSearchParams): { part: readonly T[]; nextPageKey: string } => {
  const size = Number(query.get("pageSize") ?? 20);
  const from = Number(query.get("nextPageKey") ?? 0);
  const next = from + size < all.length ? from + size : 0;
  return { part: all.slice(from, from + size), nextPageKey: String(next) };
};
