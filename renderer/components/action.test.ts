// A key runs what it stands for, or says why not; it never does nothing in silence.
import { afterEach, expect, test, vi } from 'vitest';
import { setLanguage } from '../i18n/index.ts';
import { runIfAllowed, type WhyNot } from './action.ts';

afterEach(() => setLanguage('en'));

function press(label: string, whyNot: WhyNot | null) {
  const run = vi.fn<() => void>();
  const said: string[] = [];
  const done = runIfAllowed({ label, whyNot, run }, (text) => said.push(text));
  return { done, runs: run.mock.calls.length, said };
}

test('what is allowed is run, and nothing is said', () => {
  expect(press('Start', null)).toEqual({ done: true, runs: 1, said: [] });
});

test('what is not allowed is not run, and the reason is said in the language of the window', () => {
  expect(press('Start', 'alreadyRuns')).toEqual({ done: false, runs: 0, said: ['Start: Already running'] });
  setLanguage('zh-CN');
  expect(press('快照…', 'noMachines')).toEqual({ done: false, runs: 0, said: ['快照：其中没有虚拟机'] });
});

test('a key that stands for nothing here says nothing', () => {
  const explain = vi.fn<(text: string) => void>();
  expect(runIfAllowed(undefined, explain)).toBe(false);
  expect(explain).not.toHaveBeenCalled();
});
