// How far a step is, as text without words: things are counted, amounts are told in percent.
import { expect, it } from 'vitest';
import { type Operation, progressText } from './model/operation.ts';

function textOf(code: string | null, progress: Operation['progress']): string | null {
  return progressText({ step: code === null ? null : { code, data: {} }, progress });
}

it('counts things, and gives amounts in percent', () => {
  expect(textOf('creatingDisk', null)).toBeNull();
  expect(textOf('savingMemory', { done: 0, total: 0 })).toBeNull();
  expect(textOf('startingVms', { done: 3, total: 10 })).toBe('3/10');
  expect(textOf('savingMemory', { done: 411, total: 1536 })).toBe('26 %');
  expect(textOf('savingMemory', { done: 1536, total: 1536 })).toBe('100 %');
  // An unknown step may count anything.
  expect(textOf('fromANewerAgent', { done: 3, total: 2 })).toBe('100 %');
  expect(textOf(null, { done: 1, total: 3 })).toBe('33 %');
});
