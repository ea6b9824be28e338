// What comes between two frames is done together, in its order, and never later than who asks for it.
import { expect, test } from 'vitest';
import { FrameBatches, type Frames } from './frame-batches.ts';

/** Frames that the test draws. */
function drawn() {
  let next: (() => void) | null = null;
  const frames: Frames = (run) => {
    next = run;
    return () => {
      next = null;
    };
  };
  return {
    frames,
    draw() {
      const run = next;
      next = null;
      run?.();
    },
    isAwaited: () => next !== null,
  };
}

function batchesOf(frames: Frames | null) {
  const done: number[][] = [];
  const clock = { now: 0 };
  const batches = new FrameBatches<number>(
    (items) => done.push([...items]),
    frames,
    () => clock.now,
  );
  return { done, batches, clock };
}

test('what comes alone is done at once, what follows within a frame together', () => {
  const { frames, draw, isAwaited } = drawn();
  const { done, batches, clock } = batchesOf(frames);
  batches.add(1);
  // Nothing waits, so no frame is asked for.
  expect([done, isAwaited()]).toEqual([[[1]], false]);
  for (const item of [2, 3]) batches.add(item);
  clock.now = 10;
  draw();
  expect([done, isAwaited()]).toEqual([[[1], [2, 3]], false]);
  // Something was drawn in this frame: what comes now waits for the next.
  clock.now = 20;
  batches.add(4);
  expect(done).toHaveLength(2);
  draw();
  expect([done.at(-1), isAwaited()]).toEqual([[4], false]);
  clock.now = 40;
  batches.add(5);
  expect([done.at(-1), isAwaited()]).toEqual([[5], false]);
});

test('who asks gets all that has come, once', () => {
  const { frames, draw } = drawn();
  const { done, batches } = batchesOf(frames);
  for (const item of [1, 2, 3]) batches.add(item);
  batches.flush();
  batches.flush();
  draw();
  expect(done).toEqual([[1], [2, 3]]);
});

test('nothing comes after the end, and nothing waits where nothing is drawn', () => {
  const { frames, draw, isAwaited } = drawn();
  const { done, batches } = batchesOf(frames);
  batches.add(1);
  batches.add(2);
  batches.stop();
  draw();
  expect([done, isAwaited()]).toEqual([[[1]], false]);
  const undrawn = batchesOf(null);
  undrawn.batches.add(1);
  undrawn.batches.add(2);
  expect(undrawn.done).toEqual([[1], [2]]);
});

test('a fault of what is done together does not stop later items', () => {
  const { frames, draw } = drawn();
  const done: number[] = [];
  const batches = new FrameBatches<number>(
    (items) => {
      if (items.includes(2)) throw new Error('no');
      done.push(...items);
    },
    frames,
    () => 0,
  );
  batches.add(1);
  batches.add(2);
  expect(draw).toThrow('no');
  batches.add(3);
  draw();
  expect(done).toEqual([1, 3]);
});
