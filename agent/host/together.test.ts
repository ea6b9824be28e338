// Works that belong together: all end before anybody goes on, and the first failure stops the others.
import { expect, it } from 'vitest';
import { together } from './together.ts';

function untilStopped(signal: AbortSignal, ended: string[], name: string): Promise<void> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      ended.push(name);
      reject(signal.reason as Error);
    });
  });
}

it('does all of them at once', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  await together([() => promise, async () => resolve()]);
  await together([]);
});

it('stops the others when one fails, waits for them, and rejects with that failure', async () => {
  const ended: string[] = [];
  const failure = new Error('the first');
  const works = [
    (stopping: AbortSignal) => untilStopped(stopping, ended, 'waits'),
    async () => Promise.reject(failure),
    async (stopping: AbortSignal) => {
      await untilStopped(stopping, ended, 'waits too').catch(() => {});
      await Promise.resolve();
      ended.push('ends late');
      throw new Error('the last');
    },
  ];
  await expect(together(works)).rejects.toBe(failure);
  expect(ended).toEqual(['waits', 'waits too', 'ends late']);
});

it('stops all when somebody stops it', async () => {
  const stop = new AbortController();
  const ended: string[] = [];
  const done = together([(stopping) => untilStopped(stopping, ended, 'one')], stop.signal);
  stop.abort(new Error('enough'));
  await expect(done).rejects.toThrow('enough');
  expect(ended).toEqual(['one']);
});
