// Toasts go by themselves, except failures and those somebody is reading.
import { TtError } from '@tt/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ToastStore } from './toast-store.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('said things go after their seconds, failures stay', () => {
  const toasts = new ToastStore();
  toasts.say('done', { seconds: 5 });
  toasts.fail('Start web-1: failed', new TtError('VM_NOT_FOUND', { vmId: 'x' }));
  vi.advanceTimersByTime(60_000);
  expect(toasts.shown.map(({ text }) => text)).toEqual(['Start web-1: failed']);
});

test('a held toast waits, and gets its time again when let go', () => {
  const toasts = new ToastStore();
  const id = toasts.say('done', { seconds: 5 });
  vi.advanceTimersByTime(4000);
  toasts.hold(id);
  vi.advanceTimersByTime(60_000);
  expect(toasts.shown).toHaveLength(1);
  toasts.resume(id);
  vi.advanceTimersByTime(5000);
  expect(toasts.shown).toEqual([]);
});

test('at most four are shown', () => {
  const toasts = new ToastStore();
  for (let number = 1; number <= 6; number++) toasts.say(String(number));
  expect(toasts.shown.map(({ text }) => text)).toEqual(['3', '4', '5', '6']);
  toasts.stop();
});
