// The sweep's PingSource: fires each minute while it exists.
import type { Timer } from "../../functions/io/kubernetes/ports.ts";
import type { Scheduler } from "./scheduler.ts";

type Read = Awaited<ReturnType<Timer["read"]>>;

export interface SimulatedTimer {
  touch(now: Date): void;
  read(): Read;
  remove(resourceVersion: string): void;
  exists(): boolean;
}

export interface TimerPorts {
  readonly scheduler: Scheduler;
  readonly onPing: (number: number) => void;
  readonly onRemove: () => void;
  readonly tell: (text: string) => void;
}

const minuteMs = 60_000;

export const makeSimulatedTimer = ({ scheduler, onPing, onRemove, tell }: TimerPorts): SimulatedTimer => {
  let timer: Read;
  let [version, lives, pings] = [0, 0, 0];
  const tick = (life: number): void =>
    scheduler.after(minuteMs - (scheduler.now() % minuteMs), () => {
      if (!timer || life !== lives) return;
      onPing(++pings);
      tick(life);
    });
  return {
    exists: () => timer !== undefined,
    read: () => timer,
    touch: (now) => {
      if (!timer) tick(++lives);
      timer = { touchedAt: now, resourceVersion: String(++version) };
      tell("the timer is touched");
    },
    remove: (resourceVersion) => {
      if (timer?.resourceVersion !== resourceVersion) return;
      timer = undefined;
      tell("the timer is removed");
      onRemove();
    },
  };
};
