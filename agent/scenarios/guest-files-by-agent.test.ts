// Files into a real guest without the port of the helper, and out of it: by its guest agent alone, with the real shell and its tools.
// @module-tag long
import { createHash, randomBytes } from 'node:crypto';
import { downloadTo, uploadFile } from '@tt/client';
import type { Vm } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { GuestShell } from '../engines/guest-shell.ts';
import { type RealAgent, startRealAgent } from '../testing/real-agent.ts';

const PATIENCE_MS = 240_000;
const content = randomBytes(6 * 1024 * 1024 + 1);
const sha256 = createHash('sha256').update(content).digest('hex');
let agent: RealAgent;
let vm: Vm;
let shell: GuestShell;

beforeAll(async () => {
  agent = await startRealAgent();
  const groups = [{ osPrefix: 'tiny', memoryMiB: 128, guestHelper: 'off' as const }];
  const { vms } = await agent.client.env.create({ name: 'demo', groups });
  vm = vms[0] ?? expect.unreachable('no VM');
  shell = await agent.shell(vm);
  await shell.run('until pidof qemu-ga; do sleep 0.2; done', PATIENCE_MS);
}, PATIENCE_MS);
afterAll(async () => {
  shell?.close();
  await agent?.remove();
});

async function put(folder: string, files: Record<string, Buffer>, more: object = {}) {
  const bytes = Buffer.concat(Object.values(files));
  const read = async (offset: number, length: number) => bytes.subarray(offset, offset + length);
  const source = { fileName: 'push', sizeBytes: bytes.length, read };
  const transferId = (await uploadFile(agent.connection, source, crypto.randomUUID())).id;
  const names = Object.entries(files).map(([path, one]) => ({ path, sizeBytes: one.length, mode: 0o640 }));
  const request = { envName: 'demo', folder, files: names, transferId, ...more };
  const { vms } = await agent.client.guestFile.put(request);
  return { request, failure: vms[0]?.failure ?? null };
}

async function get(path: string, sizeBytes: number): Promise<Buffer> {
  const { transfer } = await agent.client.guestFile.get({ vmId: vm.id, files: [{ path, sizeBytes }] });
  const pieces: Uint8Array[] = [];
  await downloadTo(agent.connection, transfer, 0, (bytes) => void pieces.push(bytes));
  await agent.client.transfer.drop({ transferId: transfer.id });
  return Buffer.concat(pieces);
}

it('some MiB arrive as they are, with mode and owner, and come back the same', { timeout: PATIENCE_MS }, async () => {
  const { failure } = await put('/root/new', { data: content }, { owner: { user: 'nobody' } });
  expect(failure).toBeNull();
  expect(await shell.run('sha256sum /root/new/data', 60_000)).toBe(`${sha256}  /root/new/data`);
  expect(await shell.run('ls -l /root/new/data | tr -s " " | cut -d " " -f 1,3')).toBe('-rw-r----- nobody');
  expect((await get('/root/new/data', content.length)).equals(content)).toBe(true);
  const { entries } = await agent.client.guestFile.list({ vmId: vm.id, path: '/root/new' });
  expect(entries).toMatchObject([{ kind: 'file', path: '/root/new/data', mode: 0o640, owner: 'nobody' }]);
});

it('a folder comes whole; what is there is not overwritten; a link is no folder', {
  timeout: PATIENCE_MS,
}, async () => {
  const files = { 'a/b/one': Buffer.from('1\n'), 'a/two words': Buffer.from('2\n') };
  expect((await put('/srv/site', files, { folders: ['a/empty'] })).failure).toBeNull();
  expect(await shell.run('cd /srv/site; find . | sort | tr "\\n" ,')).toBe(
    '.,./a,./a/b,./a/b/one,./a/empty,./a/two words,',
  );
  const again = await put('/srv/site', { 'a/b/one': Buffer.from('other') });
  expect(again.failure?.code).toBe('GUEST_FILE_EXISTS');
  expect(await shell.run('cat /srv/site/a/b/one')).toBe('1');
  await agent.client.guestFile.put({ ...again.request, overwrites: true });
  expect(await shell.run('cat /srv/site/a/b/one')).toBe('other');
  await shell.run('ln -s /etc /srv/site/out');
  expect((await put('/srv/site', { 'out/new': Buffer.from('x') })).failure?.code).toBe('GUEST_FILE_REFUSED');
  expect(await shell.run('ls /etc/new 2>&1 || true')).toContain('No such file');
  const { entries } = await agent.client.guestFile.list({ vmId: vm.id, path: '/srv/site', what: 'tree' });
  expect(entries.map(({ kind, path }) => `${kind} ${path}`).sort()).toEqual([
    'file /srv/site/a/b/one',
    'file /srv/site/a/two words',
    'folder /srv/site/a',
    'folder /srv/site/a/b',
    'folder /srv/site/a/empty',
    'link /srv/site/out',
  ]);
});

it('a full disk of the guest is told, and nothing is left on it', { timeout: PATIENCE_MS }, async () => {
  await shell.run('mkdir -p /mnt/small; mount -t tmpfs -o size=3m none /mnt/small');
  const { failure } = await put('/mnt/small', { data: content });
  expect(failure?.code).toBe('GUEST_DISK_FULL');
  expect(await shell.run('ls -A /mnt/small')).toBe('');
  await shell.run('umount /mnt/small');
});

it('leaves nothing of itself in the guest', { timeout: PATIENCE_MS }, async () => {
  const left = async () => (await shell.run('ls -A /run /var/lib /root | grep -c "^.tt-run" || true')).trim();
  await expect.poll(left, { timeout: PATIENCE_MS }).toBe('0');
});
