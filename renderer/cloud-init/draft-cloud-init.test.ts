// Texts of the sheet -> what is asked for.
import { expect, it } from 'vitest';
import { DraftSetup } from './draft-cloud-init.ts';

it('asks for nothing until it is on, and then only for what was typed', () => {
  const setup = new DraftSetup();
  setup.change({ user: 'kim' });
  expect([setup.toWish(), setup.isValid]).toEqual([undefined, true]);
  setup.change({ isOn: true, user: '' });
  expect(setup.toWish()).toEqual({});
  setup.change({ user: 'kim', password: 'pear', hostname: 'web', commands: 'echo one\n\n  \necho two' });
  expect(setup.toWish()).toEqual({
    user: 'kim',
    password: 'pear',
    hostname: 'web',
    commands: ['echo one', 'echo two'],
  });
  expect(setup.isValid).toBe(true);
});

it.each([
  ['user', 'Kim!', 'isUserValid'],
  ['password', 'a:b', 'isPasswordValid'],
  ['hostname', 'a_b', 'isHostnameValid'],
] as const)('refuses a %s the agent would refuse', (field, text, isValid) => {
  const setup = new DraftSetup();
  setup.change({ isOn: true, [field]: text });
  expect([setup[isValid], setup.isValid]).toEqual([false, false]);
});
