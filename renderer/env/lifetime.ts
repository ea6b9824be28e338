// How much of an ENV's life is left, and how urgent that is: amber below 15 min, red below 5. Pure.
import type { Env } from '@tt/protocol';

/** expired: the lifetime has ended and the ENV was stopped. */
export type Urgency = 'calm' | 'soon' | 'now' | 'expired';

export interface LifeLeft {
  leftMs: number;
  /** 1 = all of it, 0 = expired. */
  share: number;
  urgency: Urgency;
}

const MINUTE = 60_000;

export function lifeLeft(env: Pick<Env, 'startAt' | 'endAt' | 'expired'>, now: number): LifeLeft {
  if (env.expired) return { leftMs: 0, share: 0, urgency: 'expired' };
  const start = Date.parse(env.startAt);
  const end = Date.parse(env.endAt);
  const leftMs = Math.max(0, end - now);
  const share = end > start ? Math.min(1, leftMs / (end - start)) : 0;
  const urgency = leftMs < 5 * MINUTE ? 'now' : leftMs < 15 * MINUTE ? 'soon' : 'calm';
  return { leftMs, share, urgency };
}
