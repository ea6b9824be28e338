// Toasts disappear automatically, except failures and those somebody is reading.
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

test('a failure is not lost behind what comes after it', () => {
  const toasts = new ToastStore();
  toasts.fail('Start web-1: failed', new TtError('VM_NOT_FOUND', { vmId: 'x' }));
  for (let number = 1; number <= 6; number++) toasts.say(String(number));
  expect(toasts.all).toHaveLength(7);
  vi.advanceTimersByTime(60_000);
  expect(toasts.shown.map(({ text }) => text)).toEqual(['Start web-1: failed']);
});

test('two hundred are kept, and no timer of one that was dropped', () => {
  const toasts = new ToastStore();
  for (let number = 1; number <= 205; number++) toasts.say(String(number));
  expect(toasts.all).toHaveLength(200);
  expect(toasts.all[0]?.text).toBe('6');
  expect(vi.getTimerCount()).toBe(200);
  toasts.closeAll();
  expect(toasts.all).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});

test('one that was read out is no news when it comes into sight again', () => {
  const toasts = new ToastStore();
  const id = toasts.fail('Start web-1: failed', new TtError('VM_NOT_FOUND', { vmId: 'x' }));
  expect(toasts.isRead(id)).toBe(false);
  toasts.markRead(id);
  expect(toasts.isRead(id)).toBe(true);
});

test('a reason that a held key says again is one toast, and stays while the key is held', () => {
  const toasts = new ToastStore();
  toasts.explain('Start: Already running');
  const [first] = toasts.shown;
  for (let repeat = 0; repeat < 10; repeat++) {
    vi.advanceTimersByTime(1000);
    toasts.explain('Start: Already running');
  }
  expect(toasts.shown).toEqual([first]);
  expect(first).toMatchObject({ tone: 'info', error: null });
  vi.advanceTimersByTime(5000);
  expect(toasts.shown).toEqual([]);
});

test('another reason takes the place of the one before, and of nothing else', () => {
  const toasts = new ToastStore();
  toasts.fail('Start web-1: failed', new TtError('VM_NOT_FOUND', { vmId: 'x' }));
  toasts.explain('Start: Already running');
  toasts.explain('Stop: Not running');
  expect(toasts.shown.map(({ text }) => text)).toEqual(['Start web-1: failed', 'Stop: Not running']);
  toasts.stop();
});

test('a reason that is being read does not go away because it is said again', () => {
  const toasts = new ToastStore();
  toasts.explain('Start: Already running');
  for (const { id } of toasts.shown) toasts.hold(id);
  toasts.explain('Start: Already running');
  vi.advanceTimersByTime(60_000);
  expect(toasts.shown).toHaveLength(1);
});

test('the same said again is counted, comes to the end, and gets its time again', () => {
  const toasts = new ToastStore();
  toasts.say('saved', { seconds: 5 });
  toasts.say('other', { seconds: 60 });
  vi.advanceTimersByTime(4000);
  toasts.say('saved', { seconds: 5 });
  expect(toasts.all.map(({ text, count }) => [text, count])).toEqual([
    ['other', 1],
    ['saved', 2],
  ]);
  vi.advanceTimersByTime(4000);
  expect(toasts.all).toHaveLength(2);
  vi.advanceTimersByTime(1000);
  expect(toasts.all.map(({ text }) => text)).toEqual(['other']);
  toasts.stop();
});

test('what can be undone is not counted together', () => {
  const toasts = new ToastStore();
  for (let time = 0; time < 2; time++) toasts.say('reverted', { action: { label: 'Undo', run: () => {} } });
  expect(toasts.all.map(({ count }) => count)).toEqual([1, 1]);
  toasts.stop();
});

test('failures of one kind stand together, each still there, and are closed together', () => {
  const toasts = new ToastStore();
  for (const vm of ['a', 'b', 'c']) toasts.fail(`Start ${vm}: failed`, new TtError('VM_NOT_FOUND', { vmId: vm }));
  toasts.fail('Stop d: failed', new TtError('AGENT_GONE', { call: 'vm.stop' }));
  toasts.fail('Start e: failed', new TtError('VM_NOT_FOUND', { vmId: 'e' }));
  expect(toasts.groups.map(({ newest, others }) => [newest.text, others.map(({ text }) => text)])).toEqual([
    ['Stop d: failed', []],
    ['Start e: failed', ['Start c: failed', 'Start b: failed', 'Start a: failed']],
  ]);
  const [, group] = toasts.groups;
  if (group) toasts.closeGroup(group);
  expect(toasts.all.map(({ text }) => text)).toEqual(['Stop d: failed']);
});
