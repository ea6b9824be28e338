// Work on many items, a few at a time: order, width, and what happens after the first failure.
import { expect, it } from 'vitest';
import { mapLimit } from './map-limit.ts';

/** Work that ends when the test says so. */
function heldWork() {
  const started: number[] = [];
  const ends = new Map<number, PromiseWithResolvers<string>>();
  const work = (item: number) => {
    started.push(item);
    const end = Promise.withResolvers<string>();
    ends.set(item, end);
    return end.promise;
  };
  const finish = async (item: number) => {
    ends.get(item)?.resolve(`done ${item}`);
    await new Promise((resolve) => setImmediate(resolve));
  };
  const fail = async (item: number, message: string) => {
    ends.get(item)?.reject(new Error(message));
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { started, work, finish, fail };
}

it('keeps at most `width` under way and gives the results in the order of the items', async () => {
  const { started, work, finish } = heldWork();
  const all = mapLimit([1, 2, 3, 4], 2, work);
  expect(started).toEqual([1, 2]);
  await finish(2);
  expect(started).toEqual([1, 2, 3]);
  await finish(3);
  await finish(4);
  expect(started).toEqual([1, 2, 3, 4]);
  await finish(1);
  expect(await all).toEqual(['done 1', 'done 2', 'done 3', 'done 4']);
});

it('starts nothing new after a failure, waits for what is under way, and throws the first one', async () => {
  const { started, work, finish, fail } = heldWork();
  let settled = false;
  const all = mapLimit([1, 2, 3, 4], 3, work).catch((error: Error) => {
    settled = true;
    return error.message;
  });
  await fail(2, 'first');
  await fail(3, 'second');
  expect([started, settled]).toEqual([[1, 2, 3], false]);
  await finish(1);
  expect([await all, started]).toEqual(['first', [1, 2, 3]]);
});

it('has nothing to do for no items, whatever the width', async () => {
  expect(await mapLimit([], 0, () => Promise.reject(new Error('never')))).toEqual([]);
});
