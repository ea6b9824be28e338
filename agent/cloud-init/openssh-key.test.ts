// OpenSSH's ssh-keygen reads the generated key and extracts its public part.
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../host/run-command.ts';
import { writePrivateFile } from '@tt/client/node';
import { dropbearKey, makeSshKeyPair } from './openssh-key.ts';
import { SshKeys } from './ssh-keys.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-keys-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('a new key is one that ssh takes, and another each time', async () => {
  const file = path.join(folder, 'key');
  for (const comment of ['a@tt', 'a-longer-name@tt', 'x']) {
    const { privateKey, publicKey } = makeSshKeyPair(comment);
    await writePrivateFile(file, privateKey);
    const { stdout } = await runCommand('ssh-keygen', ['-y', '-f', file], { timeoutMs: 10_000 });
    expect(stdout.trim()).toBe(publicKey);
  }
  expect(makeSshKeyPair('a').publicKey).not.toBe(makeSshKeyPair('a').publicKey);
});

it('the form for dropbear has the secret and the public half behind their kind', () => {
  const pair = makeSshKeyPair('a@tt');
  const bytes = dropbearKey(pair);
  expect([bytes.readUInt32BE(0), bytes.toString('latin1', 4, 15), bytes.readUInt32BE(15)]).toEqual([
    11,
    'ssh-ed25519',
    64,
  ]);
  const [secret, open] = [bytes.subarray(19, 51), bytes.subarray(51)];
  expect(Buffer.from(pair.publicKey.split(' ')[1] ?? '', 'base64').subarray(-32)).toEqual(open);
  // PKCS #8 of a bare ed25519 secret, RFC 8410: the public half follows from it.
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), secret]);
  const { x } = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })).export({ format: 'jwk' });
  expect(Buffer.from(x ?? '', 'base64url')).toEqual(open);
});

describe('keys of ENVs', () => {
  it('are made once, kept where nobody else may read them, and go with their ENV', async () => {
    const keys = new SshKeys(path.join(folder, 'keys'));
    const [first, again] = await Promise.all([keys.of('demo'), keys.of('demo')]);
    expect(again).toEqual(first);
    expect(await new SshKeys(path.join(folder, 'keys')).of('demo')).toEqual(first);
    const file = path.join(folder, 'keys', 'demo.json');
    expect([(await stat(file)).mode & 0o777, (await stat(path.dirname(file))).mode & 0o777]).toEqual([0o600, 0o700]);
    expect((await readFile(file, 'utf8')).includes(first.publicKey)).toBe(true);
    await keys.remove('demo');
    await keys.remove('demo');
    expect(await keys.of('demo')).not.toEqual(first);
  });

  it('of ENVs that are gone are swept, and nothing else', async () => {
    const keys = new SshKeys(path.join(folder, 'keys'));
    await keys.sweep(new Set());
    const [kept, gone] = [await keys.of('kept'), await keys.of('gone')];
    await keys.sweep(new Set(['kept']));
    expect(await keys.of('kept')).toEqual(kept);
    expect(await keys.of('gone')).not.toEqual(gone);
  });
});
