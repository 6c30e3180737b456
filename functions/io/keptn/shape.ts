// Shapes of Keptn's answers, made when the first such answer is there: zod takes its time, of which a start has none.
import type * as z from "zod";

/** What is asked of a schema of zod. */
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

export type OutputOf<S> = S extends Shape<infer T> ? T : never;
