// Texts of the sheet -> what is asked for.
import { expect, it } from 'vitest';
import { DraftCloudInit } from './draft-cloud-init.ts';

it('asks for nothing until it is on, and then only for what was typed', () => {
  const cloudInit = new DraftCloudInit();
  cloudInit.change({ user: 'kim' });
  expect([cloudInit.toRequest(), cloudInit.isValid]).toEqual([undefined, true]);
  cloudInit.change({ isOn: true, user: '' });
  expect(cloudInit.toRequest()).toEqual({});
  cloudInit.change({ user: 'kim', password: 'pear', hostname: 'web', commands: 'echo one\n\n  \necho two' });
  expect(cloudInit.toRequest()).toEqual({
    user: 'kim',
    password: 'pear',
    hostname: 'web',
    commands: ['echo one', 'echo two'],
  });
  expect(cloudInit.isValid).toBe(true);
});

it.each([
  ['user', 'Kim!', 'isUserValid'],
  ['password', 'a:b', 'isPasswordValid'],
  ['hostname', 'a_b', 'isHostnameValid'],
] as const)('refuses a %s the agent would refuse', (field, text, isValid) => {
  const cloudInit = new DraftCloudInit();
  cloudInit.change({ isOn: true, [field]: text });
  expect([cloudInit[isValid], cloudInit.isValid]).toEqual([false, false]);
});
