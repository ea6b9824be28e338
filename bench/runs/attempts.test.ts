// What can't be measured is said, and hides nothing of the rest; a bench that is being ended goes on with nothing.
import { expect, it } from 'vitest';
import type { Comparison } from '../comparison.ts';
import { Attempts } from './attempts.ts';

const row: Comparison = { what: 'one', ours: '1 ms', peer: '2 ms', ratio: 0.5, goal: null };

it('notes what fails, and goes on', async () => {
  const attempts = new Attempts({ resources: new AsyncDisposableStack(), say: () => {} }, 60_000);
  await attempts.add('push', () => Promise.reject(new Error('no space')));
  await attempts.add('output', async () => [row]);
  expect([attempts.notes, attempts.comparisons]).toEqual([['push: NOT MEASURED, no space'], [row]]);
});

it('begins nothing once its time is used up', async () => {
  const attempts = new Attempts({ resources: new AsyncDisposableStack(), say: () => {} }, -1);
  await attempts.add('push', () => expect.unreachable('it was begun'));
  expect(attempts.notes).toEqual(['push: NOT MEASURED, the time of this section was used up']);
});

it('rejects when the bench is being ended', async () => {
  const resources = new AsyncDisposableStack();
  const attempts = new Attempts({ resources, say: () => {} }, 60_000);
  await resources.disposeAsync();
  await expect(attempts.add('push', () => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
});
