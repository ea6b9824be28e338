// Files into a real guest and out of it through the whole agent: 64 MiB, a helper that is killed in the middle, folders, owners, a
// full disk, and what is there already.
// @module-tag deep
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { downloadTo, followState, uploadFile } from '@tt/client';
import type { OperationPart, Vm } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { GuestShell } from '../engines/guest-shell.ts';
import { helperFile } from '../guest-channel/helper-program.ts';
import { buildGuestHelper } from '../testing/build-guest-helper.ts';
import { type RealAgent, startRealAgent } from '../testing/real-agent.ts';
import { until } from '../testing/until.ts';

const MIB = 1024 * 1024;
const content = randomBytes(64 * MIB);
const sha256 = createHash('sha256').update(content).digest('hex');
let agent: RealAgent;
let vm: Vm;
let shell: GuestShell;

beforeAll(async () => {
  // The agent runs from its sources, and so must the helper: what the last build made may be older.
  await mkdir(path.dirname(helperFile()), { recursive: true });
  await buildGuestHelper(`${helperFile()}.new`);
  await rename(`${helperFile()}.new`, helperFile());
  agent = await startRealAgent();
  const groups = [{ osPrefix: 'tiny', memoryMiB: 160 }];
  const { vms } = await agent.client.env.create({ name: 'demo', groups });
  vm = vms[0] as Vm;
  shell = await agent.shell(vm);
  await shell.run('until pidof qemu-ga; do sleep 0.2; done');
}, 240_000);
afterAll(async () => {
  shell?.close();
  await agent?.remove();
});

async function upload(bytes: Buffer): Promise<string> {
  const read = async (offset: number, length: number) => bytes.subarray(offset, offset + length);
  const source = { fileName: 'push', sizeBytes: bytes.length, read };
  return (await uploadFile(agent.connection, source, crypto.randomUUID())).id;
}

async function put(folder: string, files: Record<string, Buffer>, more: object = {}) {
  const request = {
    envName: 'demo',
    folder,
    files: Object.entries(files).map(([name, bytes]) => ({ path: name, sizeBytes: bytes.length, mode: 0o640 })),
    transferId: await upload(Buffer.concat(Object.values(files))),
    ...more,
  };
  const { vms } = await agent.client.guestFile.put(request);
  return { request, failure: vms[0]?.failure ?? null };
}

async function get(file: string, sizeBytes: number): Promise<Buffer> {
  const { transfer } = await agent.client.guestFile.get({ vmId: vm.id, files: [{ path: file, sizeBytes }] });
  const pieces: Uint8Array[] = [];
  await downloadTo(agent.connection, transfer, 0, (bytes) => void pieces.push(bytes));
  await agent.client.transfer.drop({ transferId: transfer.id });
  return Buffer.concat(pieces);
}

it('64 MiB arrive as they are, with mode and owner, and come back the same', { timeout: 240_000 }, async () => {
  const { failure } = await put('/root/new', { data: content }, { owner: { user: 'nobody' } });
  expect(failure).toBeNull();
  expect(await shell.run('sha256sum /root/new/data', 60_000)).toBe(`${sha256}  /root/new/data`);
  expect(await shell.run('ls -l /root/new/data | tr -s " " | cut -d " " -f 1,3')).toBe('-rw-r----- nobody');
  expect((await get('/root/new/data', content.length)).equals(content)).toBe(true);
  await shell.run('rm -r /root/new');
});

it('a helper that is killed in the middle is started again, and goes on where it stopped', {
  timeout: 240_000,
}, async () => {
  const stop = new AbortController();
  let parts: readonly OperationPart[] = [];
  const following = followState({
    client: agent.client,
    signal: stop.signal,
    onLink: () => {},
    onItem: (item) => {
      if (item.kind === 'event' && item.event.type === 'operation.updated') parts = item.event.data.parts ?? parts;
    },
  });
  const putting = put('/root/killed', { data: content }, { timeoutS: 10 });
  await until('some of it has arrived', () => (parts[0]?.done ?? 0) > 4 * MIB, 120_000);
  await shell.run(
    'cd /proc; for p in [0-9]*; do case "$(readlink $p/exe)" in *tt-guest-helper*) kill -9 $p;; esac; done; cd',
  );
  const kept = await shell.run('ls -A /root/killed');
  const isInTheMiddle = kept.startsWith('.tt-');
  expect((await putting).failure).toBeNull();
  stop.abort();
  await following;
  expect(isInTheMiddle).toBe(true);
  expect(await shell.run('sha256sum /root/killed/data', 60_000)).toBe(`${sha256}  /root/killed/data`);
  expect(await shell.run('ls -A /root/killed')).toBe('data');
});

it('a folder comes whole; what is there is not overwritten; a link is no folder', { timeout: 120_000 }, async () => {
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
});

it('a full disk of the guest is told, and nothing is left on it', { timeout: 120_000 }, async () => {
  await shell.run('mkdir -p /mnt/small; mount -t tmpfs -o size=8m none /mnt/small');
  const { failure } = await put('/mnt/small', { data: content });
  expect(failure?.code).toBe('GUEST_DISK_FULL');
  expect(await shell.run('ls -A /mnt/small')).toBe('');
  await shell.run('umount /mnt/small');
});
