// What is known of the server does not grow older on the screen while nobody hears of it.
import { expect, test } from 'vitest';
import { ClockStore } from './clock-store.ts';

test('the known time is now, is held while the link is down, and goes on afterwards', () => {
  const clock = new ClockStore();
  expect(clock.known).toBe(clock.now);
  clock.hold(1000);
  clock.tick();
  expect([clock.known, clock.now > 1000]).toEqual([1000, true]);
  clock.hold(null);
  expect(clock.known).toBe(clock.now);
});
