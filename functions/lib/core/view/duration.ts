// Durations in a short, rounded form.

/** `8s`, `1m20s`, `2h5m`, `3d4h`; negative durations count as 0. */
export const renderDuration = (seconds: number): string => {
  const whole = Math.max(0, Math.floor(seconds));
  const days = Math.floor(whole / 86_400);
  const hours = Math.floor(whole / 3600) % 24;
  const minutes = Math.floor(whole / 60) % 60;
  if (days > 0) return join([days, "d"], [hours, "h"]);
  if (hours + minutes === 0) return `${whole}s`;
  return hours > 0 ? join([hours, "h"], [minutes, "m"]) : join([minutes, "m"], [whole % 60, "s"]);
};

const join = (...parts: readonly (readonly [number, string])[]): string =>
  parts.map(([count, unit]) => (count > 0 ? `${count}${unit}` : "")).join("");

/** @param from RFC 3339 @returns undefined if it is not a valid time */
export const secondsSince = (from: string | undefined, nowMs: number): number | undefined => {
  const fromMs = Date.parse(from ?? "");
  return Number.isFinite(fromMs) ? Math.max(0, (nowMs - fromMs) / 1000) : undefined;
};
