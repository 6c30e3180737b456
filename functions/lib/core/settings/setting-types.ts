// Types of settings. Without zod, because every program reads its settings first when it starts.

/** `wrong`: each entry ends a sentence that begins with `NAME="text"`. */
type Reading<T> = { readonly value: T } | { readonly wrong: readonly string[] };

export interface Setting<T> {
  /** Allowed values, for docs/reference/settings.md. */
  readonly kind: string;
  readonly read: (text: string) => Reading<T>;
  /** Used when the variable is missing or empty. */
  readonly fallback: T;
  readonly description: string;
}

/** `describe` turns the type into a setting. */
interface SettingType<T> {
  describe(description: string): Setting<T>;
}

export const settingType = <T>(kind: string, fallback: T, read: Setting<T>["read"]): SettingType<T> => ({
  describe: (description) => ({ kind, read, fallback, description }),
});

export const wrong = (...what: readonly string[]): { readonly wrong: readonly string[] } => ({ wrong: what });

export const text = () => settingType<string | undefined>("text", undefined, (value) => ({ value }));

export const requiredText = (fallback: string) => settingType("text", fallback, (value) => ({ value }));

export const choice = <const T extends string, F extends T | undefined>(options: readonly T[], fallback: F) =>
  settingType<T | F>(options.map((option) => `\`${option}\``).join(", "), fallback, (given) => {
    const value = options.find((option) => option === given);
    return value === undefined ? wrong(`must be one of ${options.join(", ")}`) : { value };
  });

export const whole = (fallback: number, min = 0) =>
  settingType(min > 0 ? `whole number, at least ${min}` : "whole number", fallback, (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text)) return wrong("is not a whole number");
    return Number.isSafeInteger(value) && value >= min ? { value } : wrong(`must be at least ${min}`);
  });

/** A whole number, or one word instead. */
export const wholeOr = <const T extends string>(word: T, fallback: number, min: number) => {
  const number = whole(fallback, min).describe("");
  return settingType<number | T>(`${number.kind}, or \`${word}\``, fallback, (text) =>
    text === word ? { value: word } : number.read(text),
  );
};

export const flag = (fallback: boolean) =>
  settingType("true or false", fallback, (text) => {
    if (/^(1|t|true)$/i.test(text)) return { value: true }; // Go's strconv.ParseBool, which JES's envconfig uses
    return /^(0|f|false)$/i.test(text) ? { value: false } : wrong("must be true or false");
  });

/** A Kubernetes quantity of whole bytes; see bytesOf in files.ts. */
export const sizePattern = /^[1-9]\d{0,9}(k|M|G|Ki|Mi|Gi)?$/;

export const size = <T extends string | undefined>(fallback: T) =>
  settingType<string | T>("size: 500k, 20Mi", fallback, (value) =>
    sizePattern.test(value) ? { value } : wrong("is not a size such as 20Mi"),
  );

/** Comma separated; entries are trimmed, empty ones dropped. */
export const list = (fallback: readonly string[] = []) =>
  settingType("list", fallback, (text) => {
    const entries = text.split(",").map((entry) => entry.trim());
    return { value: entries.filter((entry) => entry !== "") };
  });
