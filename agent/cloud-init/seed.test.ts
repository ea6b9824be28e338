// The contents of a seed: in the form cloud-init documents, and the same as lines for a shell.
import { expect, it } from 'vitest';
import { cloudInitRecord, cloudInitView } from './cloud-init-record.ts';
import { RUNNER } from './command-runner.ts';
import { dropbearKey, makeSshKeyPair } from './openssh-key.ts';
import { type SeedVm, seedCd, seedFiles } from './seed.ts';

const image = { features: ['setup'], defaultLogin: { user: 'root', password: 'tt' } };
const key = 'ssh-ed25519 AAAA demo@tt';
const hostKey = makeSshKeyPair('vm-1@tt');
const keys = { envPublicKey: key, hostKey };

function vm(request: Parameters<typeof cloudInitRecord>[0]): SeedVm {
  const cloudInit = cloudInitRecord(request, image);
  if (!cloudInit) throw new Error('no setup');
  const macs = ['52:54:00:12:34:01', '52:54:00:12:34:02'];
  return { id: 'vm-1', hostname: 'web-1', macs, createdAt: '2026-11-26T22:00:00.000Z', cloudInit };
}

function jsonOf(text: string | undefined): Record<string, unknown> {
  return JSON.parse((text ?? '').replace('#cloud-config\n', '')) as Record<string, unknown>;
}

const decoded = (base64: string) => Buffer.from(base64, 'base64').toString('utf8');

it('gives cloud-init a name, a user with keys, files and commands', () => {
  const request = {
    user: 'kim',
    password: 'pear:no',
    sshKeys: ['ssh-rsa BBBB kim'],
    files: [
      { path: '/etc/a', content: 'äpfel' },
      { path: '/b', content: 'AAE=', encoding: 'base64' as const, mode: '600' },
    ],
    commands: ['echo "one"', 'false\nexit 3'],
  };
  const files = seedFiles(vm(request), keys);
  expect(jsonOf(files['meta-data'])).toEqual({ 'instance-id': 'vm-1', 'local-hostname': 'web-1' });
  const config = jsonOf(files['user-data']);
  expect(files['user-data']).toMatch(/^#cloud-config\n/);
  expect(config).toMatchObject({
    hostname: 'web-1',
    disable_root: true,
    ssh_deletekeys: true,
    ssh_keys: { ed25519_private: hostKey.privateKey, ed25519_public: hostKey.publicKey },
    users: [{ name: 'kim', ssh_authorized_keys: [key, 'ssh-rsa BBBB kim'], lock_passwd: false }],
    chpasswd: { expire: false, users: [{ name: 'kim', password: 'pear:no', type: 'text' }] },
    runcmd: [['sh', RUNNER]],
  });
  const written = config['write_files'] as { path: string; content: string; permissions: string }[];
  expect(written.map(({ path, permissions }) => [path, permissions])).toEqual([
    ['/etc/a', '0644'],
    ['/b', '0600'],
    [RUNNER, '0700'],
    ['/var/lib/tt/commands/001', '0700'],
    ['/var/lib/tt/commands/002', '0700'],
  ]);
  expect(decoded(written[0]?.content ?? '')).toBe('äpfel');
  expect(decoded(written[4]?.content ?? '')).toBe('false\nexit 3\n');
});

it('gives root its key without making a user, and every NIC an address', () => {
  const files = seedFiles(vm({}), keys);
  const config = jsonOf(files['user-data']);
  expect(config).toMatchObject({ disable_root: false, users: [{ name: 'root', ssh_authorized_keys: [key] }] });
  expect(config).not.toHaveProperty('chpasswd');
  expect(jsonOf(files['network-config'])).toEqual({
    version: 2,
    ethernets: {
      nic0: expect.objectContaining({ match: { macaddress: '52:54:00:12:34:01' }, dhcp4: true }),
      nic1: expect.objectContaining({ match: { macaddress: '52:54:00:12:34:02' }, dhcp4: true }),
    },
  });
});

it('says the same in lines, where nothing of a user can make a line of its own', () => {
  const text = seedFiles(
    vm({ user: 'kim', password: 'a b', files: [{ path: '/x y/z', content: 'run /bin/evil\n' }] }),
    keys,
  )['tt-setup'];
  const lines = (text ?? '').trimEnd().split('\n');
  expect(lines.slice(0, 6)).toEqual([
    'instance vm-1',
    'hostname web-1',
    `hostkey ${dropbearKey(hostKey).toString('base64')}`,
    'user kim',
    `password ${Buffer.from('a b').toString('base64')}`,
    `key ${key}`,
  ]);
  const [word, mode, path, content] = lines[6]?.split(' ') ?? [];
  expect([word, mode, decoded(path ?? ''), decoded(content ?? '')]).toEqual([
    'file',
    '0644',
    '/x y/z',
    'run /bin/evil\n',
  ]);
  expect(lines.filter((line) => line.startsWith('run '))).toEqual([`run ${RUNNER}`]);
});

it('is a CD that cloud-init finds by its name, the same each time', () => {
  const cd = seedCd(vm({}), keys);
  expect(cd.toString('latin1', 16 * 2048 + 40, 16 * 2048 + 46)).toBe('cidata');
  expect(seedCd(vm({}), keys).equals(cd)).toBe(true);
});

it('is there for who asks, and for images of cloud-init; clients see neither password nor contents', () => {
  expect(cloudInitRecord(undefined, image)).toBeNull();
  expect(cloudInitRecord({}, { features: [], defaultLogin: null })).toMatchObject({ user: 'tt', readsSeeds: false });
  const record = cloudInitRecord(undefined, {
    features: ['setup', 'cloudInit'],
    defaultLogin: { user: 'root', password: null },
  });
  expect(record).toMatchObject({ user: 'root', readsSeeds: true, commands: [] });
  const view = cloudInitView(vm({ password: 'pear', files: [{ path: '/a', content: 'secret' }] }).cloudInit);
  expect(view).toEqual({ user: 'root', hasPassword: true, commands: [], filePaths: ['/a'] });
});
