// One run at a time, waiting changes are batched, and each caller gets its own result.
import { expect, it } from 'vitest';
import { ChangeQueue } from './change-queue.ts';

/** Commits that end when the test says so; a batch with `bad` in it fails. */
function heldQueue() {
  const commits: string[][] = [];
  const ends: (() => void)[] = [];
  const queue = new ChangeQueue<string>((changes) => {
    commits.push([...changes]);
    return new Promise((resolve, reject) => {
      ends.push(() => (changes.includes('bad') ? reject(new Error(`refused ${changes.length}`)) : resolve()));
    });
  });
  const endNext = async (count: number) => {
    await expect.poll(() => ends.length).toBe(count);
    ends[count - 1]?.();
  };
  return { queue, commits, endNext };
}

it('puts changes that wait together into one run, in their order', async () => {
  const { queue, commits, endNext } = heldQueue();
  const all = ['a', 'b', 'c'].map((change) => queue.add(change));
  await endNext(1);
  await endNext(2);
  await Promise.all(all);
  expect(commits).toEqual([['a'], ['b', 'c']]);
});

it('halves a batch that fails until only the bad one is refused', async () => {
  const { queue, commits, endNext } = heldQueue();
  const all = Promise.allSettled(['first', 'a', 'b', 'bad', 'c'].map((change) => queue.add(change)));
  for (let run = 1; run <= 6; run++) await endNext(run);
  expect((await all).map((result) => (result.status === 'rejected' ? result.reason.message : 'done'))).toEqual([
    'done',
    'done',
    'done',
    'refused 1',
    'done',
  ]);
  expect(commits).toEqual([['first'], ['a', 'b', 'bad', 'c'], ['a', 'b'], ['bad', 'c'], ['bad'], ['c']]);
});

it('runs what must be alone between the changes before and after it, whatever becomes of it', async () => {
  const { queue, commits, endNext } = heldQueue();
  const first = queue.add('first');
  const before = queue.add('before');
  const alone = queue.alone(async () => {
    expect(commits).toEqual([['first'], ['before']]);
    throw new Error('no');
  });
  const after = queue.add('after');
  alone.catch(() => {});
  await endNext(1);
  await endNext(2);
  await expect(alone).rejects.toThrow('no');
  await endNext(3);
  await Promise.all([first, before, after]);
  expect(commits).toEqual([['first'], ['before'], ['after']]);
});
