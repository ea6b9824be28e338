// Which windows of their own may be opened: consoles, of a known kind of connection.
import { expect, it } from 'vitest';
import { placeOr } from '../ipc/desktop-commands.ts';
import { popOutSchema, popOutState } from './pop-out.ts';

const hash = '#/envs/demo/console/0c5d7e9a/screen/alone';

it.each([
  '#/envs/demo',
  '#/envs/demo/console/vm/screen',
  '#/envs/demo/console/vm/elsewhere/alone',
  '#/envs/demo/console/../vm/screen/alone',
  '#/envs/a b/console/vm/screen/alone',
  'https://example.invalid/#/envs/demo/console/vm/screen/alone',
  `#/envs/${'x'.repeat(300)}/console/vm/screen/alone`,
])('%s is refused', (page) => {
  expect(popOutSchema.safeParse({ connection: 'private', hash: page }).success).toBe(false);
});

it('takes an ENV by any name an address can have, and no other connection', () => {
  expect(popOutSchema.safeParse({ connection: 'private', hash: hash.replace('demo', '%E7%8E%AF') }).success).toBe(true);
  expect(popOutSchema.safeParse({ connection: '../x', hash }).success).toBe(false);
});

it('is a window on that console of that connection', () => {
  const state = popOutState({ connection: 'private', hash });
  expect(state).toMatchObject({ place: hash, connection: 'private', x: null, isMaximized: false });
  expect(placeOr(state.place)).toBe(hash);
});
