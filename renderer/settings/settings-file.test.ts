// Settings go to another computer and back without a secret; what is no such file is refused.
import { expect, test } from 'vitest';
import type { ConnectionView } from '../bridge.ts';
import { SettingsStore } from './settings-store.ts';
import { readSettingsText, settingsText } from './settings-file.ts';

const ssh = {
  server: { user: 'kim', host: 'far.example', port: 22 },
  jump: null,
  login: 'key' as const,
  keyFile: '/home/kim/.ssh/id',
};
const server: ConnectionView = {
  id: '5b2f4d8e-8f0d-4d5e-9a51-3f6a4c1f0a11',
  kind: 'server',
  name: 'lab',
  color: 'red',
  address: 'http://127.0.0.1:9527/',
  authority: 'PEM',
  ssh,
  isDefault: true,
  link: { kind: 'connected' },
};
const own: ConnectionView = { ...server, id: 'private', kind: 'private', name: '', address: null, ssh: null };

test('servers and the look of the window are in the file, and come back', () => {
  const settings = new SettingsStore(null, ['en']);
  settings.chooseTheme('dark');
  settings.rememberConsoleTab('v1', 'serial');
  const text = settingsText([own, server], settings);
  expect(text).not.toMatch(/v1|5b2f4d8e|connected/);
  const file = readSettingsText(text);
  if (typeof file === 'string') throw new Error(file);
  expect(file.servers).toEqual([
    { name: 'lab', color: 'red', address: 'http://127.0.0.1:9527/', authority: 'PEM', ssh },
  ]);
  const other = new SettingsStore(null, ['en']);
  other.rememberConsoleTab('v2', 'serial');
  other.takeOver(file.window);
  expect([other.theme, other.consoleTabOf('v2')]).toEqual(['dark', 'serial']);
});

test('one of a later TT is called so', () => {
  expect(readSettingsText('{"ttSettings":2,"connections":[{"way":"pigeon"}]}')).toBe('newer');
});

test.each([
  '',
  'null',
  '[]',
  '{}',
  '{"ttSettings":"2","connections":[]}',
  '{"ttSettings":1,"conn',
  '{"ttSettings":1,"connections":[{"name":"x","color":"red","address":"javascript:1"}]}',
])('%j is no such file', (text) => {
  expect(readSettingsText(text)).toBe('invalid');
});
