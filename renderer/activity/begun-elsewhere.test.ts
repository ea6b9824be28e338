// What began elsewhere is shown once it has lasted; by one timer, however many there are.
import { autorun } from 'mobx';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BegunElsewhere, SHOWN_AFTER_MS } from './begun-elsewhere.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('each waits its own time from when it came, and who asked is told', () => {
  const begun = new BegunElsewhere();
  const seen: string[] = [];
  const stop = autorun(() => seen.push(['a', 'b'].filter((id) => begun.has(id)).join('')));
  begun.add('a');
  vi.advanceTimersByTime(SHOWN_AFTER_MS / 2);
  begun.add('b');
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(SHOWN_AFTER_MS / 2);
  expect([begun.has('a'), begun.has('b')]).toEqual([false, true]);
  vi.advanceTimersByTime(SHOWN_AFTER_MS / 2);
  expect(seen).toEqual(['', 'a', 'ab', 'b', '']);
  expect(vi.getTimerCount()).toBe(0);
  stop();
});

test('what ended meanwhile holds up nothing, and what comes after it waits anew', () => {
  const begun = new BegunElsewhere();
  begun.add('short');
  begun.remove('short');
  expect(begun.has('short')).toBe(false);
  vi.advanceTimersByTime(SHOWN_AFTER_MS);
  expect(vi.getTimerCount()).toBe(0);
  begun.add('later');
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(SHOWN_AFTER_MS);
  expect(begun.has('later')).toBe(false);
});
