// Which images the agent keeps warm: the most used ones, within the budget of disk and memory.
import { plainSpec, completeSpec } from '@tt/protocol';
import { expect, it } from 'vitest';
import { ImageUses } from '../../warm/image-uses.ts';
import { StateStore } from '../../state/store.ts';
import { chooseWarm } from './choose-warm.ts';

const machine = (memoryMiB: number) => ({ plain: plainSpec(completeSpec({ memoryMiB })), diskMiB: 1024, nicCount: 1 });
const used = (imageName: string, memoryMiB = 128) => ({ imageName, machine: machine(memoryMiB) });
const nobody = new Set<string>();
const ranking = [used('a'), used('b', 2000), used('c'), used('d')];
const made = (imageName: string, sizeMiB = 128) => ({ imageName, sizeMiB });

it.each([
  ['nothing, by default', { count: 0 }, [], { drop: [], make: null }],
  ['the most used first', { count: 2 }, [], { drop: [], make: used('a') }],
  ['not one with more memory than may be booted', { count: 2 }, [made('a')], { drop: [], make: used('c') }],
  ['one more than there are', { count: 3 }, [made('a'), made('c')], { drop: [], make: used('d') }],
  ['no more than that', { count: 2 }, [made('a'), made('c')], { drop: [], make: null }],
  [
    'those that are used less go, the least used first',
    { count: 1 },
    [made('c'), made('d'), made('a')],
    { drop: ['d', 'c'], make: null },
  ],
  ['and those nobody uses any more', { count: 2 }, [made('a'), made('c'), made('old')], { drop: ['old'], make: null }],
  [
    'nothing that does not fit on the disk any more',
    { count: 3, diskMiB: 300 },
    [made('a', 250)],
    { drop: [], make: null },
  ],
  [
    'one that has grown over the budget goes',
    { count: 1, diskMiB: 100 },
    [made('a', 250)],
    { drop: ['a'], make: null },
  ],
  ['all go when it is switched off', { count: 0 }, [made('a'), made('c')], { drop: ['c', 'a'], make: null }],
] as const)('%s', (_what, budget, automatic, choice) => {
  expect(chooseWarm({ diskMiB: 1000, memoryMiB: 1000, ...budget }, ranking, automatic, nobody)).toEqual(choice);
});

it('counts what people warmed as warm, but not in the budget', () => {
  const budget = { count: 2, diskMiB: 128, memoryMiB: 1000 };
  expect(chooseWarm(budget, ranking, [], new Set(['a', 'b']))).toEqual({ drop: [], make: null });
  expect(chooseWarm(budget, ranking, [], new Set(['a']))).toEqual({ drop: [], make: used('c') });
});

it('uses count half after a week, and are kept', () => {
  const store = new StateStore(':memory:');
  const uses = new ImageUses(store.imageUses);
  const at = (day: number) => new Date(Date.UTC(2026, 0, day));
  uses.note('often', 3, machine(128), at(1));
  uses.note('lately', 2, machine(128), at(8));
  expect(uses.ranking(at(1)).map(({ imageName }) => imageName)).toEqual(['often', 'lately']);
  expect(uses.ranking(at(8)).map(({ imageName }) => imageName)).toEqual(['lately', 'often']);
  uses.note('often', 1, machine(256), at(8));
  const [first] = new ImageUses(store.imageUses).ranking(at(8));
  expect(first).toMatchObject({ imageName: 'often', score: 2.5, machine: { plain: { memoryMiB: 256 } } });
  uses.forget('often');
  expect(new ImageUses(store.imageUses).ranking(at(8))).toHaveLength(1);
});
