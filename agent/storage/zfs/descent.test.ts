// How snapshots on lines of ZFS come from one another.
import { expect, it } from 'vitest';
import { incrementsBetween } from './descent.ts';
import type { Line } from './zfs-datasets.ts';

const line = (name: string, origin: string | null, snapshots: string[]): Line => ({
  vmId: 'vm1',
  disk: 'disk0',
  name,
  origin,
  snapshots,
  tags: snapshots,
  goingTags: [],
});
/** `zz` was taken before `aa`; `b` came from `aa`, `c` from `b`’s `one`, `d` from `zz`; `e` has nothing to do with them. */
const lines = [
  line('a', 'source@base', ['zz', 'aa', 'mm']),
  line('b', 'a@aa', ['one', 'two']),
  line('c', 'b@one', ['end']),
  line('d', 'a@zz', ['side']),
  line('e', 'other@base', ['alone']),
];
const between = (one: string, other: string) => {
  const [here, there] = [one, other].map((text) => {
    const [name = '', snapshot = ''] = text.split('@');
    return { line: name, snapshot };
  }) as [{ line: string; snapshot: string }, { line: string; snapshot: string }];
  const found = incrementsBetween(lines, here, there);
  return found?.map(({ from, to }) => `${from.line}@${from.snapshot} ${to.line}@${to.snapshot}`) ?? null;
};

it('goes along a line in the order in which its snapshots were taken', () => {
  expect([between('a@zz', 'a@aa'), between('a@aa', 'a@zz')]).toEqual([['a@zz a@aa'], ['a@zz a@aa']]);
  expect(between('a@zz', 'a@zz')).toEqual([]);
});

it('goes over the snapshots that later lines came from, and to both sides where they parted', () => {
  expect(between('a@aa', 'b@one')).toEqual(['a@aa b@one']);
  expect(between('a@zz', 'c@end')).toEqual(['a@zz a@aa', 'b@one c@end', 'a@aa b@one']);
  expect(between('c@end', 'd@side')).toEqual(['b@one c@end', 'a@aa b@one', 'a@zz a@aa', 'a@zz d@side']);
  expect(between('a@mm', 'b@two')).toEqual(['a@aa a@mm', 'a@aa b@two']);
});

it('has no way between those without a common past', () => {
  expect([between('a@mm', 'e@alone'), between('e@alone', 'c@end')]).toEqual([null, null]);
});
