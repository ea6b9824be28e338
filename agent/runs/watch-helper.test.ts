// When a helper is taken for one that was killed, and when its guest only says nothing.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { GuestError } from '../guest-channel/guest-error.ts';
import { watchHelper } from './watch-helper.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The codes that the channel was closed with, after a minute. */
async function closedAfter(answers: () => boolean, guestAnswers: () => Promise<boolean>) {
  const closed: (string | undefined)[] = [];
  const channel = { answers: async () => answers(), close: (why?: GuestError) => void closed.push(why?.code) };
  const ended = new AbortController();
  const watching = watchHelper(channel, { guestAnswers }, ended.signal);
  await vi.advanceTimersByTimeAsync(60_000);
  ended.abort();
  await watching;
  expect(vi.getTimerCount()).toBe(0);
  return closed;
}

it('one that says nothing while its guest answers was killed', async () => {
  expect(
    await closedAfter(
      () => false,
      async () => true,
    ),
  ).toEqual(['GUEST_HELPER_ENDED']);
});

it('one of a guest that says nothing, or is gone, is waited for', async () => {
  expect(
    await closedAfter(
      () => false,
      async () => false,
    ),
  ).toEqual([]);
  expect(
    await closedAfter(
      () => false,
      () => Promise.reject(new Error('gone')),
    ),
  ).toEqual([]);
});

it('one that answers late is still there', async () => {
  let asked = 0;
  expect(
    await closedAfter(
      () => ++asked % 2 === 0,
      async () => true,
    ),
  ).toEqual([]);
  expect(asked).toBeGreaterThan(2);
});
