// A warning that was put off comes back in time.
import type { Env } from '@tt/protocol';
import { expect, test } from 'vitest';
import { EndingStore, PUT_OFF_MS } from './ending-store.ts';

test('it comes back in five minutes, and never later than a minute before the end', () => {
  const at = Date.parse('2026-11-21T10:00:00Z');
  const clock = { now: at };
  const env = { name: 'demo', endAt: new Date(at + 900_000).toISOString(), expired: false };
  const endings = new EndingStore({ get: () => env as Env }, { isOthers: () => false }, clock);
  const shown = () => endings.shown.map(({ name }) => name);
  endings.note({ name: 'demo', endAt: env.endAt, endsInS: 900, endPolicy: 'delete' });
  endings.putOff('demo', clock.now);
  expect(shown()).toEqual([]);
  clock.now = at + PUT_OFF_MS;
  expect(shown()).toEqual(['demo']);
  expect(endings.putOffUntil(env, at + 700_000)).toBe(at + 840_000);
  expect(endings.putOffUntil(env, at + 840_000)).toBeNull();
});
