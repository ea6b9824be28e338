// What comes together is told together; what is seen in a window, or not wanted, is not told, nor later.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Notifier } from './notifier.ts';
import type { News } from './watch-state.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const failed = (envName: string): News => ({ kind: 'failed', envName, code: 'VM_NOT_FOUND' });

test('a thousand failures at once are one notification', () => {
  const shown: string[] = [];
  const notifier = new Notifier({ show: ({ title }) => shown.push(title), isWanted: () => true, language: () => 'en' });
  for (let number = 0; number < 1000; number++) notifier.take('private', [failed(`e${number}`)]);
  notifier.take('lab', [failed('demo')]);
  expect(shown).toEqual([]);
  vi.advanceTimersByTime(1000);
  expect(shown).toEqual(['1000 operations failed', 'Something failed in demo']);
  expect(vi.getTimerCount()).toBe(0);
});

test('what is seen in a window is not told afterwards', () => {
  let isWanted = false;
  const shown: string[] = [];
  const notifier = new Notifier({
    show: ({ title }) => shown.push(title),
    isWanted: () => isWanted,
    language: () => 'zh-CN',
  });
  notifier.take('private', [failed('seen')]);
  vi.advanceTimersByTime(1000);
  isWanted = true;
  notifier.take('private', [failed('demo')]);
  vi.advanceTimersByTime(1000);
  expect(shown).toEqual(['demo 中有操作失败']);
  notifier.take('private', [failed('late')]);
  notifier.stop();
  vi.advanceTimersByTime(5000);
  expect(shown).toHaveLength(1);
});
