// What is taken for a name, and where from.
import { expect, it } from 'vitest';
import { namesIn } from './audit-subject.ts';

it('takes names and ids from the fields that are listed', () => {
  const input = { name: 'demo', vmIds: ['a-1', 'b-2'], notes: 'secret', env: { name: 'inner', password: 'secret' } };
  expect(namesIn(input, { name: 'envName', vmIds: 'vmId', 'env.name': 'newName' })).toEqual({
    envName: 'demo',
    vmId: 'a-1, b-2',
    newName: 'inner',
  });
});

it('takes nothing that does not look like one', () => {
  const odd = ['two words', '', 'line\nfeed', '\u001b[2J', 'x'.repeat(201), '-dash', '名字', 7, null, {}, true];
  for (const name of odd) expect(namesIn({ name }, { name: 'envName' })).toEqual({});
  expect(namesIn({ names: odd }, { names: 'vmId' })).toEqual({});
});

it('reads nothing that is inherited, and no input at all', () => {
  expect(namesIn({}, { 'constructor.name': 'envName' })).toEqual({});
  for (const input of [undefined, null, 'text', 5]) expect(namesIn(input, { name: 'envName' })).toEqual({});
});

it('of a long list takes the first ones, and how many more there are', () => {
  const vmIds = Array.from({ length: 4000 }, (_, index) => `vm-${index}`);
  expect(namesIn({ vmIds }, { vmIds: 'vmId' }).vmId).toMatch(/^vm-0, vm-1, .*vm-9, \+3990$/);
});
