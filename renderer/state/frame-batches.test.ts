// What comes between two frames is done together, in its order, and never later than who asks for it.
import { expect, test } from 'vitest';
import type { Frames } from '../components/frames.ts';
import { FrameBatches } from './frame-batches.ts';

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

test('of very much a part is done each frame, in order, until nothing waits', () => {
  const { frames, draw, isAwaited } = drawn();
  const { done, batches } = batchesOf(frames);
  for (let item = 0; item <= 60; item++) batches.add(item);
  // The first was alone.
  expect(done).toEqual([[0]]);
  draw();
  draw();
  // A quarter of what waits, but never fewer than a handful.
  expect(done.map(({ length }) => length)).toEqual([1, 15, 12]);
  while (isAwaited()) draw();
  expect(done.map(({ length }) => length)).toEqual([1, 15, 12, 9, 8, 8, 8]);
  expect(done.flat()).toEqual(Array.from({ length: 61 }, (_, item) => item));
});

test('who asks gets the rest too, and a frame that was asked for finds nothing', () => {
  const { frames, draw } = drawn();
  const { done, batches } = batchesOf(frames);
  for (let item = 0; item <= 60; item++) batches.add(item);
  draw();
  batches.flush();
  expect(done.flat()).toHaveLength(61);
  draw();
  expect(done).toHaveLength(3);
});

test('a fault in a part does not hold up the rest', () => {
  const { frames, draw, isAwaited } = drawn();
  const done: number[] = [];
  const batches = new FrameBatches<number>(
    (items) => {
      if (items.includes(1)) throw new Error('no');
      done.push(...items);
    },
    frames,
    () => 0,
  );
  for (let item = 0; item <= 20; item++) batches.add(item);
  expect(draw).toThrow('no');
  while (isAwaited()) draw();
  expect(done).toEqual([0, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
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
