// Decodes UTF-8 or UTF-16, detected as in YAML 1.2 section 5.2, without loss.

/**
 * Each byte that cannot be decoded becomes one of U+DC00 to U+DCFF. These are lone surrogates, which well-formed text does not have, so
 * the byte can be located: see {@link findUndecoded}.
 * @returns the text without its byte order mark
 */
export const decodeText = (bytes: Uint8Array): string => {
  const [first, second, third] = bytes;
  if (first === 0xfe && second === 0xff) return decodeUtf16(bytes.subarray(2), "big");
  if (first === 0xff && second === 0xfe) return decodeUtf16(bytes.subarray(2), "little");
  if (first === 0xef && second === 0xbb && third === 0xbf) return decodeUtf8(bytes.subarray(3));
  // Without a byte order mark, text in both encodings starts with ASCII.
  if (first === 0 && second !== 0 && second !== undefined) return decodeUtf16(bytes, "big");
  if (second === 0 && first !== 0) return decodeUtf16(bytes, "little");
  return decodeUtf8(bytes);
};

export interface Undecoded {
  /** Index into the text. */
  readonly offset: number;
  /** `byte 0xE4`, or `character U+D800` for a lone surrogate. */
  readonly what: string;
}

/** @returns the first byte or lone surrogate that could not be decoded, if any */
export const findUndecoded = (text: string): Undecoded | undefined => {
  const found = text.isWellFormed() ? null : loneHalf.exec(text);
  return found ? { offset: found.index, what: nameOfUndecoded(found[0]) } : undefined;
};

/** @param half a lone surrogate */
export const nameOfUndecoded = (half: string): string => {
  const unit = half.charCodeAt(0);
  const isByte = unit >= firstEscaped && unit <= lastEscaped;
  return isByte ? `byte 0x${hex(unit & 0xff, 2)}` : `character U+${hex(unit, 4)}`;
};

export const hex = (value: number, digits: number): string => value.toString(16).toUpperCase().padStart(digits, "0");

const loneHalf = /\p{Cs}/u;
const firstEscaped = 0xdc00;
const lastEscaped = 0xdcff;

const escapeByte = (byte: number): number => 0xdc00 | byte;

/** How many arguments String.fromCodePoint takes without a stack overflow. */
const mostAtOnce = 4096;

/** @param next returns the code point at an index; surrogates are code points too */
const decode = (length: number, next: (at: number) => { point: number; width: number }): string => {
  let text = "";
  let points: number[] = [];
  for (let at = 0; at < length; ) {
    const { point, width } = next(at);
    points.push(point);
    at += width;
    if (points.length === mostAtOnce || at >= length) {
      text += String.fromCodePoint(...points);
      points = [];
    }
  }
  return text;
};

const decodeUtf16 = (bytes: Uint8Array, order: "big" | "little"): string => {
  const [high, low] = order === "big" ? [0, 1] : [1, 0];
  return decode(bytes.length, (at) => {
    if (at + 1 === bytes.length) return { point: escapeByte(bytes[at]!), width: 1 };
    return { point: (bytes[at + high]! << 8) | bytes[at + low]!, width: 2 };
  });
};

const decodeUtf8 = (bytes: Uint8Array): string =>
  decode(bytes.length, (at) => {
    const first = bytes[at]!;
    const width = widthOf(first);
    const point = width === 1 ? first : joinedAt(bytes, at, width);
    // Invalid: overlong form, surrogate, or beyond Unicode (RFC 3629, section 3).
    const isGood = point !== undefined && point >= least[width - 1]! && point <= 0x10ffff && point >> 11 !== 0x1b;
    return isGood ? { point, width } : { point: escapeByte(first), width: 1 };
  });

/** The smallest code point of each width. */
const least = [0, 0x80, 0x800, 0x10000];

/** @returns 4 also for bytes that start no character, which `joinedAt` rejects */
const widthOf = (first: number): number => (first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4);

/** @returns undefined for an invalid continuation byte, or at the end of the text */
const joinedAt = (bytes: Uint8Array, at: number, width: number): number | undefined => {
  const first = bytes[at]!;
  if (first < 0xc0 || first > 0xf7) return undefined;
  let point = first & (0x7f >> width);
  for (let index = at + 1; index < at + width; index++) {
    const byte = bytes[index];
    if (byte === undefined || byte >> 6 !== 2) return undefined;
    point = (point << 6) | (byte & 0x3f);
  }
  return point;
};
