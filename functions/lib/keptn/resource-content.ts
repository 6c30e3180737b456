// Extracts a file from Keptn's JSON response as a stream, so that memory is limited to one chunk.
import { IoError } from "../io-error.ts";

/** Limit of the other fields: a name and the Git upstream. */
const limitBytes = 1024 * 1024;

const opening = /"resourceContent"\s*:\s*"/;

/**
 * @param name of the request, for messages
 * @param chunks of `{"resourceContent":"<base64>","resourceURI":…,"metadata":…}`; an empty file has no resourceContent
 * (resource-service, models/resource.go: omitempty)
 * @throws IoError, retryable, if it is something else or incomplete; and errors of `chunks`
 */
export async function* readContent(name: string, chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const scan = makeScan();
  let base64 = "";
  for await (const chunk of chunks) {
    base64 += scan.take(chunk.toString("latin1"));
    if (scan.size() > limitBytes || !canBeBase64(base64)) throw broken(name);
    const whole = base64.length - (base64.length % 4);
    if (whole > 0) yield Buffer.from(base64.slice(0, whole), "base64");
    base64 = base64.slice(whole);
  }
  if (base64 !== "" || !scan.isWhole()) throw broken(name);
}

/** With padding (RFC 4648, section 4), as Go writes it. */
export const isBase64 = (text: string): boolean => text.length % 4 === 0 && canBeBase64(text);

/** For a part; only the last four characters of all may be padded. */
const canBeBase64 = (part: string): boolean => /^[A-Za-z0-9+/]*={0,2}$/.test(part);

const broken = (name: string): IoError =>
  new IoError(`${name}: the response is not a Keptn resource, or is incomplete.`, { retryable: true });

/** Quotes inside a JSON string are escaped, so the start and end of the content are unambiguous. */
const makeScan = () => {
  let around = ""; // everything except the content
  let place: "before" | "inside" | "after" = "before";
  const leave = (text: string): string => {
    const end = text.indexOf('"');
    if (end < 0) return text;
    place = "after";
    around += text.slice(end);
    return text.slice(0, end);
  };
  return {
    /** @returns the part of this text that belongs to the content */
    take: (text: string): string => {
      if (place === "inside") return leave(text);
      around += text;
      const found = place === "before" && opening.exec(around);
      if (!found) return "";
      place = "inside";
      const begin = found.index + found[0].length;
      const rest = around.slice(begin);
      around = around.slice(0, begin);
      return leave(rest);
    },
    /** Number of characters kept. */
    size: (): number => around.length,
    /** Whether the text so far is a complete JSON object. */
    isWhole: (): boolean => place !== "inside" && isResource(around),
  };
};

const isResource = (text: string): boolean => {
  try {
    return typeof (JSON.parse(text) as { resourceURI?: unknown } | null)?.resourceURI === "string";
  } catch {
    return false;
  }
};
