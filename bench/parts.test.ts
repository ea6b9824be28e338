// Sections and parts by name: a part alone, what runs only by name, and names that nothing has.
import { expect, it } from 'vitest';
import { chooseParts } from './parts.ts';

const sections = [{ name: 'one' }, { name: 'two', parts: ['left', 'right'], partsByName: ['slow'] }];
const PARTS = ['left', 'right', 'slow'];

function chosen(...names: string[]) {
  const { choices, unknown } = chooseParts(sections, names);
  return { choices: choices.map(({ section, wants }) => [section.name, ...PARTS.filter(wants)].join(' ')), unknown };
}

it('runs all but what runs by name, or the parts that are named', () => {
  expect(chosen().choices[1]).toBe('two left right');
  expect(chosen('two')).toEqual({ choices: ['two left right'], unknown: [] });
  expect(chosen('two', 'right').choices).toEqual(['two right']);
  expect(chosen('slow', 'two').choices).toEqual(['two slow']);
});

it('refuses names that no section has, and parts of a section that is not named', () => {
  expect(chosen('three').unknown).toEqual(['three']);
  expect(chosen('one', 'left').unknown).toEqual(['left']);
  expect(chosen('left').unknown).toEqual(['left']);
});
