// Rollback: in reverse order, every step, even if others fail.
import { expect, it } from 'vitest';
import { UndoStack } from './undo-stack.ts';

function makeStack() {
  const done: string[] = [];
  const failed: [string, unknown][] = [];
  const stack = new UndoStack((what, error) => failed.push([what, error]));
  const add = (what: string) => stack.add(what, async () => void done.push(what));
  return { stack, add, done, failed };
}

it('takes back in reverse order, once', async () => {
  const { stack, add, done } = makeStack();
  add('disk');
  add('port');
  await stack.undo();
  await stack.undo();
  expect(done).toEqual(['port', 'disk']);
});

it('goes on past steps that fail, and says which', async () => {
  const { stack, add, done, failed } = makeStack();
  const error = new Error('no');
  add('first');
  stack.add('rejects', () => Promise.reject(error));
  stack.add('throws', () => {
    throw error;
  });
  add('last');
  await stack.undo();
  expect(done).toEqual(['last', 'first']);
  expect(failed).toEqual([
    ['throws', error],
    ['rejects', error],
  ]);
});

it('forgets what was committed, and begins anew after that', async () => {
  const { stack, add, done } = makeStack();
  add('kept');
  stack.commit();
  add('not kept');
  await stack.undo();
  expect(done).toEqual(['not kept']);
});

it('runs a step that was added by another while undoing', async () => {
  const { stack, add, done } = makeStack();
  stack.add('outer', () => add('inner'));
  await stack.undo();
  expect(done).toEqual(['inner']);
});
