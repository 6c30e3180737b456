// Shapes of Keptn's responses, created on first use, because zod would slow down the start.
import type * as z from "zod";

/** The part of a zod schema that we use. */
export interface Shape<T> {
  safeParse(value: unknown): { readonly success: true; readonly data: T } | { readonly success: false };
}

export const lateShape = <T>(make: () => z.ZodType<T>): Shape<T> => {
  let made: z.ZodType<T> | undefined;
  return {
    safeParse: (value) => {
      made ??= make();
      return made.safeParse(value);
    },
  };
};

/** Go writes an empty list as null, or omits it. */
export const orEmpty = <T extends z.ZodType>(list: z.ZodArray<T>) => list.nullish().transform((given) => given ?? []);

export const anything: Shape<unknown> = { safeParse: (data) => ({ success: true, data }) };

export type OutputOf<S> = S extends Shape<infer T> ? T : never;
