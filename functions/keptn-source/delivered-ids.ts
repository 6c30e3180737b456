// IDs of delivered events, kept while Keptn lists them.

export type DeliveredIds = ReturnType<typeof makeDeliveredIds>;

/** The end of unlisted events is unknown: the most recent ones are kept. */
const unlistedKept = 5_000;

export const makeDeliveredIds = () => {
  /** IDs, with the number of polls that had started at the delivery. */
  const listedEvents = new Map<string, number>();
  const unlistedEvents = new Set<string>();
  let poll = 0;
  return {
    has: (id: string): boolean => listedEvents.has(id) || unlistedEvents.has(id),
    add: ({ id, listed }: { readonly id: string; readonly listed: boolean }): void => {
      if (listed) listedEvents.set(id, poll);
      else unlistedEvents.add(id);
      if (unlistedEvents.size > unlistedKept) unlistedEvents.delete(unlistedEvents.values().next().value ?? "");
    },
    /** Call it before a poll. @returns call it with all listed IDs when the poll is complete */
    beginPoll: () => {
      poll += 1;
      const begun = poll;
      return (listed: ReadonlySet<string>): void => {
        for (const [id, before] of listedEvents) if (before < begun && !listed.has(id)) listedEvents.delete(id);
      };
    },
  };
};
