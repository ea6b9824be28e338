// Of thousands of things that match, only what is shown is worked out; what can be done now is still put first.
import { Boxes } from 'lucide-react';
import { expect, test } from 'vitest';
import type { WhyNot } from '../components/action.ts';
import { type Findable, findable, findCommands, MOST_WORKED_OUT } from './find-commands.ts';

/** Things with one line each. `worked` has those that were worked out, in order. */
function thingsOf(count: number, whyNot: (index: number) => WhyNot | null): { things: Findable[]; worked: number[] } {
  const worked: number[] = [];
  const things = Array.from({ length: count }, (_, index) => {
    const line = { id: `start:${index}`, label: `Start demo-${index}` };
    return findable({
      of: `${index}`,
      ids: () => [line.id],
      labels: () => [line.label],
      commands: () => {
        worked.push(index);
        return [{ ...line, group: 'envs', icon: Boxes, whyNot: whyNot(index), run: () => {} }];
      },
    });
  });
  return { things, worked };
}
const idsOf = (things: Findable[]) => findCommands(things, 'start', [], 8).map(({ id }) => id);
const firstIds = Array.from({ length: 8 }, (_, index) => `start:${index}`);

test('as many as are shown', () => {
  const { things, worked } = thingsOf(3000, () => null);
  expect(idsOf(things)).toEqual(firstIds);
  expect(worked).toHaveLength(8);
});

test('more until enough can be done now, which comes first', () => {
  const { things, worked } = thingsOf(3000, (index) => (index % 20 === 19 ? null : 'alreadyRuns'));
  expect(idsOf(things)).toEqual(Array.from({ length: 8 }, (_, index) => `start:${index * 20 + 19}`));
  expect(worked).toHaveLength(160);
});

test('not all of thousands when nothing can be done', () => {
  const { things, worked } = thingsOf(3000, () => 'linkDown');
  expect(idsOf(things)).toEqual(firstIds);
  expect(worked).toHaveLength(MOST_WORKED_OUT);
});

test('what is gone by then has no line', () => {
  const { things } = thingsOf(2, () => null);
  const [gone, there] = things;
  if (!gone || !there) throw new Error('there are two');
  expect(idsOf([{ ...gone, commands: () => [] }, there])).toEqual(['start:1']);
});
