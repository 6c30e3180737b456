// Which events were delivered: as long as Keptn lists them, and no longer.

export interface Memory {
  has(id: string): boolean;
  add(event: { readonly id: string; readonly listed: boolean }): void;
  /** To be called before a look begins. @returns to be called with all that Keptn listed, when the look is complete */
  beginLook(): (listed: ReadonlySet<string>) => void;
}

/** Of events that Keptn does not list nobody says when they are over: the last ones are remembered. */
const unlistedKept = 5_000;

export const makeMemory = (): Memory => {
  /** By id, with the number of the look before which it was delivered. */
  const listedEvents = new Map<string, number>();
  const unlistedEvents = new Set<string>();
  let look = 0;
  return {
    has: (id) => listedEvents.has(id) || unlistedEvents.has(id),
    add: ({ id, listed }) => {
      if (listed) listedEvents.set(id, look);
      else unlistedEvents.add(id);
      if (unlistedEvents.size > unlistedKept) unlistedEvents.delete(unlistedEvents.values().next().value ?? "");
    },
    beginLook: () => {
      look += 1;
      const begun = look;
      return (listed) => {
        for (const [id, before] of listedEvents) if (before < begun && !listed.has(id)) listedEvents.delete(id);
      };
    },
  };
};
