// Namespaces of Jobs that lose permissions for some hours, or that somebody deletes.
import { IoError } from "../../functions/lib/io-error.ts";
import type { Chance } from "./chance.ts";
import { skewed } from "./chance.ts";
import type { Scheduler } from "./scheduler.ts";

export interface Namespaces {
  /** @throws IoError when its RoleBindings are gone */
  use(namespace: string): void;
  /** @throws IoError also while the namespace is being deleted: it accepts nothing new */
  create(namespace: string): void;
  isClosed(namespace: string): boolean;
}

export interface NamespacesPorts {
  readonly chance: Chance;
  readonly scheduler: Scheduler;
  readonly tell: (text: () => string) => void;
  /** Somebody deletes it, and with it the Jobs, as far as their finalizers permit. */
  readonly onDelete: (namespace: string) => void;
  /** Its permissions come back in a moment. */
  readonly onReturn: (namespace: string) => void;
}

/** Longer than all outages together: what does not need the namespace has ended by then. */
export const closedMs = 3 * 3_600_000;

export const drawNamespaces = ({ chance, scheduler, tell, onDelete, onReturn }: NamespacesPorts): Namespaces => {
  const spot = chance.at("the world");
  const closed = new Set<string>();
  const terminating = new Set<string>();
  const refuse = (why: string): never => {
    throw new IoError(why, { retryable: false, httpStatus: 403 });
  };
  const use = (namespace: string): void => {
    if (closed.has(namespace)) refuse(`forbidden in namespace ${namespace}`);
  };
  if (spot.mishap("rightsLost")) {
    const namespace = spot.roll("whose rights") < 0.6 ? "others" : "jobs";
    scheduler.after(skewed(spot.roll("rights are lost"), 0, 400_000), () => {
      tell(() => `the rights in namespace ${namespace} are lost`);
      closed.add(namespace);
      scheduler.after(closedMs, () => {
        onReturn(namespace);
        tell(() => `the rights in namespace ${namespace} are back`);
        closed.delete(namespace);
      });
    });
  }
  if (spot.mishap("namespaceDeleted"))
    scheduler.after(skewed(spot.roll("it is deleted"), 0, 400_000), () => {
      tell(() => "somebody deletes namespace others");
      terminating.add("others");
      onDelete("others");
    });
  return {
    use,
    create: (namespace) => {
      use(namespace);
      if (terminating.has(namespace)) refuse(`namespace ${namespace} is being terminated`);
    },
    isClosed: (namespace) => closed.has(namespace),
  };
};
