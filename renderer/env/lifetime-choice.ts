// How long a new ENV is to live: what can be chosen, and what that is in seconds. Pure.
import { LIFETIME_DEFAULT_S, LIFETIME_MAX_S, LIFETIME_MIN_S } from '@tt/protocol';
import { endOfText } from './clock-text.ts';

export type LifetimeChoice = { kind: 'seconds'; seconds: number } | { kind: 'until'; end: Date };

/** How long that is from `now`. */
export function secondsOf(lifetime: LifetimeChoice, now = Date.now()): number {
  return lifetime.kind === 'seconds' ? lifetime.seconds : Math.round((lifetime.end.getTime() - now) / 1000);
}

/** Today's 18:00 when an ENV made now may live until then (`maxS` seconds at most); else null. */
export function sixOClock(now: Date, maxS = LIFETIME_MAX_S): Date | null {
  const end = new Date(now);
  end.setHours(18, 0, 0, 0);
  const leftS = (end.getTime() - now.getTime()) / 1000;
  return leftS >= 15 * 60 && leftS <= maxS ? end : null;
}

/** The usual spans in seconds, shortest first: the default of the host, 1 h, 4 h, and the longest it allows. */
export function lifetimeSpans(limits: { defaultS: number; maxS: number } | undefined): number[] {
  const { defaultS, maxS } = limits ?? { defaultS: LIFETIME_DEFAULT_S, maxS: LIFETIME_MAX_S };
  const spans = [defaultS, 3600, 4 * 3600, maxS].filter((seconds) => seconds <= maxS);
  return [...new Set(spans)].sort((a, b) => a - b);
}

/** An end as it is typed for a new ENV, in seconds from `now`; null when it is none. */
export function typedSeconds(text: string, now: number): number | null {
  const end = endOfText(text, new Date(now), new Date(now));
  return end === null ? null : Math.round((end.getTime() - now) / 1000);
}

/** What is wrong with it; `maxS`: null without a limit. */
export function typedProblem(text: string, now: number, maxS: number | null): 'none' | 'tooLate' | null {
  const seconds = typedSeconds(text, now);
  if (seconds === null || seconds < LIFETIME_MIN_S) return 'none';
  return maxS !== null && seconds > maxS ? 'tooLate' : null;
}
