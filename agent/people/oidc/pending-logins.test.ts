// Logins that are under way: how many there may be, and for how long.
import { expect, it } from 'vitest';
import { MOST_PENDING, MOST_PENDING_PER_ADDRESS, PendingLogins } from './pending-logins.ts';

const beginner = { challenge: 'c'.repeat(43), device: null };
const tooMany = (retryAfterS: number) => expect.objectContaining({ code: 'LOGIN_TOO_MANY', data: { retryAfterS } });

it('are so many for one address and for all, until the oldest are over', () => {
  let now = 0;
  const pending = new PendingLogins(() => new Date(now));
  const begin = (address: string | null) => pending.begin({ ...beginner, address });
  const states = new Set<string>();
  for (let count = 0; count < MOST_PENDING_PER_ADDRESS; count++) states.add(begin('192.0.2.1').state);
  expect(states.size).toBe(MOST_PENDING_PER_ADDRESS);
  now += 60_000;
  expect(() => begin('192.0.2.1')).toThrow(tooMany(540));
  for (let count = MOST_PENDING_PER_ADDRESS; count < MOST_PENDING; count++) begin(null);
  expect(() => begin('192.0.2.2')).toThrow(tooMany(540));
  now += 540_000;
  begin('192.0.2.1');
});

it('are taken once, and not too late', () => {
  let now = 0;
  const pending = new PendingLogins(() => new Date(now));
  const [first, second] = [
    pending.begin({ ...beginner, address: null }),
    pending.begin({ ...beginner, address: null }),
  ];
  expect([pending.take(first.state), pending.take(first.state), pending.take('x')]).toEqual([first, null, null]);
  now += 600_000;
  expect(pending.take(second.state)).toBeNull();
});
