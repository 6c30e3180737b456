// What Keptn does to addresses that come with a wrong token: api/middleware/ratelimiter.go, with its default settings.

export interface RateLimiter {
  /** @returns false: 429, whatever the token */
  allow(address: string, tokenIsRight: boolean): boolean;
}

const perSecond = 1;
const burst = 2;

/** @param nowMs a clock */
export const makeRateLimiter = (nowMs: () => number): RateLimiter => {
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  return {
    allow: (address, tokenIsRight) => {
      const bucket = buckets.get(address) ?? { tokens: burst, atMs: nowMs() };
      const tokens = Math.min(burst, bucket.tokens + ((nowMs() - bucket.atMs) / 1000) * perSecond);
      const allowed = tokens >= 1;
      const left = allowed && tokenIsRight ? burst : tokens - (allowed ? 1 : 0);
      buckets.set(address, { tokens: left, atMs: nowMs() });
      return allowed;
    },
  };
};
