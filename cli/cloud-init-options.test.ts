// The flags that say what guests are given at their first boot -> the setup of the call.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CloudInitOptions, cloudInitFrom, withCloudInit } from './commands/cloud-init-options.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-flags-'));
  await writeFile(path.join(folder, 'a=b'), 'äpfel');
  await writeFile(path.join(folder, 'id.pub'), 'ssh-ed25519 AAAA kim\n');
  await writeFile(path.join(folder, 'request.json'), JSON.stringify({ user: 'kim', commands: ['one'] }));
  await writeFile(path.join(folder, 'odd.json'), JSON.stringify({ colour: 'red' }));
});
afterAll(() => rm(folder, { recursive: true }));

function cloudInitOf(...words: string[]) {
  const command = withCloudInit(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  command.parse(
    words.map((word) => word.replace('@', `${folder}/`)),
    { from: 'user' },
  );
  return cloudInitFrom(command.opts<CloudInitOptions>());
}

it('asks for nothing without a flag, and for a plain setup with --cloud-init, or --setup as it was called, alone', () => {
  expect(cloudInitOf()).toBeUndefined();
  expect(cloudInitOf('--cloud-init')).toEqual({});
  expect(cloudInitOf('--setup')).toEqual({});
  expect(cloudInitOf('--setup', '@request.json')).toEqual({ user: 'kim', commands: ['one'] });
});

it('puts flags together, on top of a file', () => {
  const flags = [
    '--hostname',
    'web',
    '--run',
    'echo a',
    '--run',
    'echo b',
    '--ssh-key',
    '@id.pub',
    '--put',
    '@a=b=/srv/x',
  ];
  expect(cloudInitOf('--cloud-init', '@request.json', ...flags)).toEqual({
    user: 'kim',
    hostname: 'web',
    commands: ['echo a', 'echo b'],
    sshKeys: ['ssh-ed25519 AAAA kim'],
    files: [{ path: '/srv/x', content: Buffer.from('äpfel').toString('base64'), encoding: 'base64' }],
  });
});

it.each([
  ['a user no guest takes', ['--user', 'Kim!']],
  ['a file that is not there', ['--ssh-key', '@none']],
  ['a file with what the contract does not know', ['--cloud-init', '@odd.json']],
  ['a file to put nowhere', ['--put', '@id.pub']],
  ['a path in the guest that is not absolute', ['--put', '@id.pub=srv']],
])('refuses %s', (_what, words) => {
  expect(() => cloudInitOf(...words)).toThrow();
});
