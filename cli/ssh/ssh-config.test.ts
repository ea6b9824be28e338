// The configuration that OpenSSH's client reads: whole, as the real client understands it, and closed to what a server may say.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { runCommand } from '../../agent/host/run-command.ts';
import { knownHostsOf, sshConfigOf, type SshLogin } from './ssh-config.ts';

const files = { keyFile: '/state 100%/key', knownHostsFile: '/state 100%/known' };
const login: SshLogin = {
  vmId: '0b0e6c0e-5b8e-4d2f-9d3a-000000000001',
  vmName: 'demo/tiny-2-1',
  user: 'kim',
  host: '192.0.2.7',
  port: 40_000,
  hostKeys: ['ssh-ed25519 AAAA', 'ecdsa-sha2-nistp256 BBBB='],
  hostKeySource: 'given',
};

it('says all that ssh needs, as the real client understands it', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-ssh-'));
  const file = path.join(folder, 'config');
  await writeFile(file, sshConfigOf(login, files));
  const settings = async (host: string) => {
    const { stdout } = await runCommand('ssh', ['-G', '-F', file, '--', host], { timeoutMs: 10_000 });
    return stdout.split('\n');
  };
  const wanted = [
    'hostname 192.0.2.7',
    'port 40000',
    'user kim',
    'identitiesonly yes',
    'stricthostkeychecking true',
    'updatehostkeys false',
    `hostkeyalias ${login.vmId}`,
    'identityfile /state 100%%/key',
    'userknownhostsfile /state 100%/known',
    'globalknownhostsfile none',
  ];
  for (const host of ['demo-tiny-2-1', 'tiny-2-1.demo']) {
    const found = await settings(host);
    expect(wanted.filter((line) => !found.includes(line))).toEqual([]);
  }
  expect(await settings('other')).toContain('hostname other');
  await rm(folder, { recursive: true });
});

it('names each host key by the id of its VM', () => {
  expect(knownHostsOf(login)).toBe(`${login.vmId} ssh-ed25519 AAAA\n${login.vmId} ecdsa-sha2-nistp256 BBBB=\n`);
});

it.each<Partial<SshLogin>>([
  { user: 'kim\n  ProxyCommand touch /tmp/x' },
  { user: '-oProxyCommand=x' },
  { host: '192.0.2.7\nHost *' },
  { host: '-oProxyCommand=x' },
  { host: '`id`' },
  { vmName: 'demo/* !x' },
  { vmName: 'demo/a\nMatch exec x' },
  { vmId: '../../x' },
  { hostKeys: ['ssh-ed25519 AAAA\n* ssh-ed25519 BBBB'] },
  { hostKeys: ['@cert-authority * ssh-ed25519 AAAA'] },
])('takes no word that would be more than a word: %o', (odd) => {
  const refusal = expect.objectContaining({ code: 'SSH_IMPOSSIBLE' }) as Error;
  expect(() => sshConfigOf({ ...login, ...odd }, files)).toThrow(refusal);
  expect(() => knownHostsOf({ ...login, ...odd })).toThrow(refusal);
});

it.each(['/a"b/key', '/a\nb/key', '/a\u0024{HOME}/key'])(
  'refuses a path that ssh would read as another: %s',
  (keyFile) => {
    expect(() => sshConfigOf(login, { ...files, keyFile })).toThrow(
      expect.objectContaining({ code: 'FILE_UNUSABLE' }) as Error,
    );
  },
);
