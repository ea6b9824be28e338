// The index of a collection: right after each kind of change, and nobody is told of what others changed.
import { autorun } from 'mobx';
import { expect, test } from 'vitest';
import { Collection } from './collection.ts';

interface Thing {
  id: string;
  of: string;
  size: number;
}

const thing = (id: string, of: string, size = 1): Thing => ({ id, of, size });

function filled(): Collection<Thing> {
  const things = new Collection<Thing>(
    ({ id }) => id,
    ({ of }) => of,
  );
  things.replaceAll([thing('a1', 'a'), thing('a2', 'a'), thing('b1', 'b')]);
  return things;
}

test('finds what belongs together, after every change', () => {
  const things = filled();
  const ids = (group: string) => things.inGroup(group).map(({ id }) => id);
  expect([ids('a'), ids('b'), ids('c')]).toEqual([['a1', 'a2'], ['b1'], []]);
  things.put(thing('c1', 'c'));
  things.put(thing('a2', 'b'));
  things.remove('a1');
  things.remove('never there');
  expect([ids('a'), ids('b'), ids('c')]).toEqual([[], ['b1', 'a2'], ['c1']]);
  things.replaceAll([thing('a3', 'a')]);
  expect([ids('a'), ids('b'), ids('c')]).toEqual([['a3'], [], []]);
  things.beginWhole();
  things.putSome([thing('b3', 'b')]);
  expect([ids('a'), ids('b')]).toEqual([['a3'], ['b3']]);
  things.endWhole();
  expect([ids('a'), ids('b')]).toEqual([[], ['b3']]);
});

test('tells readers of a group about that group only', () => {
  const things = filled();
  const seen: number[] = [];
  const stop = autorun(() => seen.push(things.inGroup('a').reduce((sum, { size }) => sum + size, 0)));
  things.put(thing('b1', 'b', 7));
  things.put(thing('c1', 'c', 7));
  things.remove('b1');
  expect(seen).toEqual([2]);
  things.put(thing('a1', 'a', 5));
  things.put(thing('a3', 'a', 1));
  expect(seen).toEqual([2, 6, 7]);
  stop();
});

test('tells those who waited for a group that was not there', () => {
  const things = filled();
  const seen: number[] = [];
  const stop = autorun(() => seen.push(things.inGroup('new').length));
  things.put(thing('n1', 'new'));
  things.replaceAll([]);
  expect(seen).toEqual([0, 1, 0]);
  stop();
});
