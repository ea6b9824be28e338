// Changes of one QEMU in their turn, and what waits for them.
import { beforeEach, expect, it } from 'vitest';
import type { RunningSave } from './live-save.ts';
import { QemuChanges } from './qemu-changes.ts';

let changes: QemuChanges;
let log: string[];
beforeEach(() => {
  changes = new QemuChanges();
  log = [];
});

/** A change that says when it begins, and ends when it is told to. */
function change(name: string): { done: Promise<string>; end: (error?: Error) => void } {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const done = changes.run(() => {
    log.push(name);
    return promise;
  });
  return { done, end: (error) => (error ? reject(error) : resolve(name)) };
}

/** Whether QEMU can answer, once what could begin has begun. */
async function answers(): Promise<boolean> {
  await new Promise(setImmediate);
  return Promise.race([changes.answers.then(() => true), new Promise<false>((no) => setImmediate(no, false))]);
}

it('runs one after the other, and the next also after one that failed', async () => {
  const [first, second] = [change('first'), change('second')];
  expect([await answers(), log]).toEqual([false, ['first']]);
  first.end(new Error('refused'));
  await expect(first.done).rejects.toThrow('refused');
  expect([await answers(), log]).toEqual([false, ['first', 'second']]);
  second.end();
  expect([await second.done, await answers()]).toEqual(['second', true]);
});

it('lets the next one wait for the end of a save, during which QEMU answers', async () => {
  const over = Promise.withResolvers<void>();
  const save = { over: over.promise } as Partial<RunningSave> as RunningSave;
  const begun = changes.beginSave(async () => save);
  const next = change('next');
  expect([await begun, await answers(), log]).toEqual([save, true, []]);
  over.resolve();
  next.end();
  expect([await next.done, log]).toEqual(['next', ['next']]);
});

it('goes on after a save that could not begin', async () => {
  const begun = changes.beginSave(() => Promise.reject(new Error('refused')));
  const next = change('next');
  next.end();
  await expect(begun).rejects.toThrow('refused');
  expect(await next.done).toBe('next');
});
