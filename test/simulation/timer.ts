// The sweep's PingSource: it fires each minute while it exists, and lingers after its removal because of Knative's finalizer.
import { isDeepStrictEqual } from "node:util";
import type { RunScope } from "../../functions/lib/core/run/run-scope.ts";
import { IoError } from "../../functions/lib/io-error.ts";
import type { TimerSeen } from "../../functions/lib/kubernetes/ports.ts";
import { type Chance, skewed } from "./chance.ts";
import type { Scheduler } from "./scheduler.ts";

export interface SimulatedTimer {
  /** @throws IoError while a removed one lingers */
  touch(now: Date, scope: RunScope): void;
  read(): TimerSeen | undefined;
  remove(resourceVersion: string): void;
  /** Whether it exists and is not being deleted. */
  exists(): boolean;
}

export interface TimerPorts {
  readonly chance: Chance;
  readonly scheduler: Scheduler;
  readonly onPing: (number: number) => void;
  readonly onRemove: () => void;
  readonly tell: (text: () => string) => void;
}

const minuteMs = 60_000;

export const makeSimulatedTimer = ({ chance, scheduler, onPing, onRemove, tell }: TimerPorts): SimulatedTimer => {
  let timer: TimerSeen | undefined;
  let lingers = false;
  let [version, lives, pings] = [0, 0, 0];
  const tick = (life: number): void =>
    scheduler.after(minuteMs - (scheduler.now() % minuteMs), () => {
      if (!timer || lingers || life !== lives) return;
      onPing(++pings);
      tick(life);
    });
  return {
    exists: () => timer !== undefined && !lingers,
    read: () => timer,
    touch: (now, scope) => {
      if (lingers) {
        chance.note("a touch of a timer that goes");
        throw new IoError("the timer is being removed", { retryable: true });
      }
      if (!timer) tick(++lives);
      const scopes = [...(timer?.scopes ?? []).filter((one) => !isDeepStrictEqual(one, scope)), scope];
      timer = { touchedAt: now, resourceVersion: String(++version), scopes };
      tell(() => "the timer is touched");
    },
    remove: (resourceVersion) => {
      if (timer?.resourceVersion !== resourceVersion || lingers) return;
      lingers = true;
      timer = { ...timer, resourceVersion: String(++version) };
      tell(() => "the timer is removed");
      onRemove();
      const spot = chance.at(`the timer's removal ${version}`);
      const longestMs = spot.mishap("timerLingers") ? 300_000 : 200;
      scheduler.after(skewed(spot.roll("lingers"), 1, longestMs), () => {
        [timer, lingers] = [undefined, false];
      });
    },
  };
};
