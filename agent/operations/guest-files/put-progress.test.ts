// What is told of a push, and when nothing is any more.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { OperationContext } from '../operation-registry.ts';
import { PutProgress } from './put-progress.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const vms = [{ id: 'a', name: 'demo/a' }];

function following() {
  const told: string[] = [];
  const context = {
    step: (code: string) => void told.push(code),
    parts: ([part]: readonly { done: number }[]) => void told.push(`done ${part?.done}`),
  } as Pick<OperationContext, 'step' | 'parts'> as OperationContext;
  return { told, context };
}

it('has a last word when it ends well', () => {
  const { told, context } = following();
  using progress = new PutProgress(context, vms, 8);
  progress.set('a', { done: 8 });
  progress.end();
  progress.set('a', { done: 9 });
  vi.runAllTimers();
  expect(told).toEqual(['puttingFiles', 'done 0', 'puttingFiles', 'done 8']);
});

it('says nothing after a push that failed or was cancelled', () => {
  const { told, context } = following();
  {
    using progress = new PutProgress(context, vms, 8);
    progress.set('a', { done: 4 });
  }
  expect(vi.getTimerCount()).toBe(0);
  vi.runAllTimers();
  expect(told).toEqual(['puttingFiles', 'done 0']);
});
