// Capsules through the API, with the fake engine: exported from one agent, transferred, imported into another. Files that are no
// capsules, or were changed, create nothing.
import { createHash, randomUUID } from 'node:crypto';
import { rename, symlink } from 'node:fs/promises';
import path from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';
import { downloadChunks, uploadFile } from '@tt/client';
import type { CapsuleManifest, Transfer, Vm } from '@tt/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FakeDisk, readFakeDisk } from '../storage/fake-disk.ts';
import { NOTHING, startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';
import { padding, readTarHeader, tarBytes, tarHeader } from '../archives/tar-header.ts';
import { filesIn, remade } from './test-capsule.ts';

/** The memory of the first VM. */
const PACKED = 'vm0/ram.flat.qcow2';

let from: TestAgent;
let vms: Vm[];
let capsule: Buffer;
let manifest: CapsuleManifest;

const machineOf = (agent: TestAgent, vmId: string) => [...agent.fakeHost.values()].find(({ spec }) => spec.id === vmId);

beforeAll(async () => {
  from = await startTestAgent({ config: { network: 'nat' } });
  const groups = [{ osPrefix: 'tiny', copies: 2, ports: [{ protocol: 'tcp' as const, guestPort: 80 }] }];
  ({ vms } = await from.client.env.create({ name: 'demo', notes: 'it crashes', tags: ['bug'], groups }));
  for (const { id } of vms) {
    const machine = machineOf(from, id);
    if (machine) machine.ram = { '/dev/shm/word': 'apple' };
    machine?.writeDisk({ '/root/word': 'apple' });
  }
  await from.client.vm.stop({ vmId: vms[1]?.id ?? '', graceS: 0 });
  const exported = await from.client.capsule.export({ envName: 'demo' });
  ({ manifest } = exported);
  capsule = await fetched(from, exported.transfer);
});
afterAll(() => from.stop());

/** Of all operations so far. */
const steps = () =>
  from.feed.flatMap((item) => {
    if (item.kind !== 'event' || item.event.type !== 'operation.updated') return [];
    const { step, progress } = item.event.data;
    return [[step?.code, progress]];
  });

async function fetched(agent: TestAgent, transfer: Transfer): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of downloadChunks(agent, transfer, 0)) pieces.push(piece);
  const whole = Buffer.concat(pieces);
  expect(createHash('sha256').update(whole).digest('hex')).toBe(transfer.sha256);
  return whole;
}

it('holds disks, memory, configuration, notes and pictures, and the export leaves no snapshot', async () => {
  expect(manifest).toMatchObject({
    format: 'tt-capsule',
    env: { name: 'demo', notes: 'it crashes', tags: ['bug'] },
    snapshotName: null,
    machine: { engine: 'fake', type: 'fake', cpu: 'fake' },
  });
  expect(manifest.vms.map(({ name, ram, screen }) => [name, ram, screen !== null])).toEqual([
    ['tiny-2-1', PACKED, true],
    ['tiny-2-2', null, false],
  ]);
  expect(steps()).toEqual(expect.arrayContaining([['packingMemory', { done: 64, total: 128 }]]));
  expect([...filesIn(capsule).keys()]).toEqual(['manifest.json', ...manifest.members.map((member) => member.path)]);
  expect((await from.client.snapshot.list({ envName: 'demo' })).snapshots).toEqual([]);
  expect((await from.client.env.show({ name: 'demo' })).vms.map(({ state }) => state)).toEqual(['running', 'stopped']);
});

it('of a snapshot holds that instant; without memory it is smaller', async () => {
  await from.client.snapshot.create({ envName: 'demo', name: 'clean', notes: 'ripe' });
  machineOf(from, vms[0]?.id ?? '')?.writeDisk({ '/root/word': 'pear' });
  const of = (withRam: boolean) => from.client.capsule.export({ envName: 'demo', snapshotName: 'clean', withRam });
  const [whole, disks] = [await of(true), await of(false)];
  expect(whole.manifest).toMatchObject({ snapshotName: 'clean', env: { notes: 'ripe' } });
  expect(disks.transfer.sizeBytes).toBeLessThan(whole.transfer.sizeBytes);
  expect(disks.manifest.vms.map(({ ram }) => ram)).toEqual([null, null]);
  const missing = from.client.capsule.export({ envName: 'demo', snapshotName: 'none' });
  await expect(missing).rejects.toMatchObject({ code: 'SNAPSHOT_NOT_FOUND' });
  for (const { transfer } of [whole, disks]) await from.client.transfer.drop({ transferId: transfer.id });
});

it('takes nothing of the host that a link in a VM’s folder leads to', async () => {
  const { snapshots } = await from.client.snapshot.list({ envName: 'demo' });
  const clean = snapshots.find(({ name }) => name === 'clean');
  const ramFile = path.join(from.storage.folderOf(vms[0]?.id ?? ''), `ram-${clean?.id}.flat`);
  await rename(ramFile, `${ramFile}.kept`);
  await symlink('/etc/passwd', ramFile);
  const exported = from.client.capsule.export({ envName: 'demo', snapshotName: 'clean' });
  await expect(exported).rejects.toMatchObject({ code: 'CAPSULE_FAILED', data: { reason: { code: 'notPlainFile' } } });
  await rename(`${ramFile}.kept`, ramFile);
});

it('that can’t be packed leaves neither file nor snapshot', async () => {
  const files = (await from.client.transfer.list()).transfers.length;
  from.storage.failNext('exportDisk', 'STORAGE_FAILED');
  await expect(from.client.capsule.export({ envName: 'demo' })).rejects.toMatchObject({ code: 'CAPSULE_FAILED' });
  from.storage.failNext('exportDisk', 'DISK_FULL');
  await expect(from.client.capsule.export({ envName: 'demo' })).rejects.toMatchObject({ code: 'DISK_FULL' });
  const { snapshots } = await from.client.snapshot.list({ envName: 'demo' });
  expect([(await from.client.transfer.list()).transfers.length, snapshots.map(({ name }) => name)]).toEqual([
    files,
    ['clean'],
  ]);
});

describe('on another agent', () => {
  let to: TestAgent;
  beforeEach(async () => {
    to = await startTestAgent({ config: { memoryTotalMiB: 512 } });
  });
  afterEach(() => to.stop());

  async function sent(bytes: Buffer): Promise<string> {
    const read = async (offset: number, length: number) => bytes.subarray(offset, offset + length);
    return (await uploadFile(to, { fileName: 'x.tt-capsule', sizeBytes: bytes.length, read }, randomUUID())).id;
  }
  const open = (transferId: string, about: object = {}) =>
    to.client.capsule.import({ transferId, name: 'bug', withRam: true, ...about });

  it('continues where it was, with addresses and ports of this host, and uses the upload up', async () => {
    const transferId = await sent(capsule);
    expect(await to.client.capsule.inspect({ transferId })).toEqual({
      manifest,
      ramProblem: null,
      madeHere: false,
    });
    const { env, vms: made } = await open(transferId);
    expect([env.notes, env.tags, env.state, env.owner]).toEqual(['it crashes', ['bug'], 'partial', 'local']);
    expect(made.map(({ name, state, netKind }) => [name, state, netKind])).toEqual([
      ['bug/tiny-2-1', 'running', 'nat'],
      ['bug/tiny-2-2', 'stopped', 'nat'],
    ]);
    const [first] = made;
    expect(machineOf(to, first?.id ?? '')?.ram['/dev/shm/word']).toBe('apple');
    expect(readFakeDisk(to.storage.diskOf(first?.id ?? '').path).files['/root/word']).toBe('apple');
    expect(first?.identity).toMatchObject({
      copiedFrom: { vmName: 'demo/tiny-2-1' },
      parts: { hostname: 'new', mac: 'new' },
    });
    expect(first?.portMap.map(({ guestPort }) => guestPort)).toEqual([22, 80]);
    expect((await to.client.transfer.list()).transfers).toEqual([]);
    await to.client.env.delete({ name: 'bug' });
    expect(await to.belongings()).toEqual(NOTHING);
  });

  it('loads the memory of one that was made elsewhere, or by another user, only on request', async () => {
    const { env } = await open(await sent(capsule), { withRam: undefined });
    expect(env.state).toBe('stopped');
    const read = async (offset: number, length: number) => capsule.subarray(offset, offset + length);
    const source = { fileName: 'x.tt-capsule', sizeBytes: capsule.length, read };
    const { id: transferId } = await uploadFile(from, source, randomUUID());
    expect((await from.client.capsule.inspect({ transferId })).madeHere).toBe(true);
    expect((await from.client.capsule.import({ transferId, name: 'own' })).env.state).toBe('partial');
    await from.client.env.delete({ name: 'own' });
    const other = changed((text) => text.replace('it crashes', 'it melts!!'));
    const { id } = await uploadFile(
      from,
      { ...source, sizeBytes: other.length, read: async (at, length) => other.subarray(at, at + length) },
      randomUUID(),
    );
    expect((await from.client.capsule.import({ transferId: id, name: 'changed' })).env.state).toBe('stopped');
    await from.client.env.delete({ name: 'changed' });
  });

  it('opens one that an earlier version made, whose specs were configurations', async () => {
    const first = (text: string) =>
      edited(text, (read) => {
        const vms = read.vms.map(({ image, spec: { cpuCount, memoryMiB, ...rest }, ...vm }) => {
          const resources = { cpuCount, memoryMiB, diskMiB: rest.disks[0]?.sizeMiB };
          return { ...vm, config: { image, resources, ...rest } };
        });
        return Object.assign(read, { version: 1, vms });
      });
    const { vms: made } = await open(await sent(changed(first)));
    expect(made.map(({ image, spec }) => ({ image, spec: { ...spec, nics: [] } }))).toEqual(
      manifest.vms.map(({ image, spec }) => ({ image, spec: { ...spec, nics: [] } })),
    );
    await to.client.env.delete({ name: 'bug' });
  });

  it('opens one whose flat memory is as it was saved, as the version before made them', async () => {
    const plain = remade(capsule, (read, members) => {
      const packed = JSON.parse(String(members.get(PACKED))) as FakeDisk;
      members.delete(PACKED);
      members.set('vm0/ram.flat', inflateSync(Buffer.from(packed.files['/raw'] ?? '', 'base64')));
      Object.assign(read, { version: 2 });
      Object.assign(read.vms[0] ?? {}, { ram: 'vm0/ram.flat' });
    });
    const { vms: made } = await open(await sent(plain));
    expect(machineOf(to, made[0]?.id ?? '')?.ram['/dev/shm/word']).toBe('apple');
  });

  it('keeps addresses when it is fenced, and is off without memory', async () => {
    const { vms: fenced } = await open(await sent(capsule), { fenced: true });
    expect(fenced.map(({ mac, ip }) => [mac, ip])).toEqual(vms.map(({ mac, ip }) => [mac, ip]));
    const { env } = await open(await sent(capsule), { name: 'off', withRam: false });
    expect(env.state).toBe('stopped');
  });

  it('says when its memory can’t be loaded here, and works without it', async () => {
    const transferId = await sent(changed((text) => text.replace('"cpu": "fake"', '"cpu": "other"')));
    expect((await to.client.capsule.inspect({ transferId })).ramProblem).toMatchObject({
      code: 'otherProcessor',
      data: { there: 'other' },
    });
    await expect(open(transferId)).rejects.toMatchObject({ code: 'CAPSULE_RAM_UNFIT' });
    expect((await open(transferId, { withRam: false })).env.state).toBe('stopped');
  });

  it('that was changed or cut, or is none, makes nothing, and the upload goes', async () => {
    const inDisk = capsule.indexOf('apple', tarBytes(1000));
    const flipped = Buffer.from(capsule);
    flipped[inDisk] = (flipped[inDisk] ?? 0) ^ 1;
    const wrong: [string, Buffer, RegExp][] = [
      ['a changed byte', flipped, /changed or damaged/],
      ['cut', capsule.subarray(0, capsule.length - 4096), /ends too early|not where/],
      ['a photo', Buffer.alloc(10_000, 7), /not a tar file/],
      ['an unknown version', changed((text) => text.replace(/"version": \d+/, '"version": 4')), /manifest/],
      ['a member elsewhere', changed((text) => text.replaceAll('vm0/disk0.qcow2', '../../etc/x.qcow')), /manifest/],
      [
        'a member too few',
        changed((text) => text.replace('"file": "vm0/disk0.qcow2"', '"file": "vm0/disk9.qcow2"')),
        /missing/,
      ],
      ['a VM without end', changed((text) => text.replace(/"memoryMiB": \d+/, '"memoryMiB": -1')), /memoryMiB/],
      ['a disk counted small', changed(withDisk({ counted: 1 })), /disks of \S+ do not match/],
      ['a disk counted as free space', changed(withDisk({ counted: -1_000_000 })), /sizeMiB/],
      ['a disk larger than said', changed(withDisk({ counted: 1, brought: 1 })), /larger than the 1 MiB/],
      [
        'a disk nobody counts',
        changed((text) => edited(text, ({ vms: [vm] }) => vm && Object.assign(vm.spec, { disks: [] }))),
        /disks/,
      ],
      ['two VMs of one name', changed((text) => text.replaceAll('"tiny-2-2"', '"tiny-2-1"')), /the same name/],
      ['a name that writes on screens', changed((text) => text.replaceAll('"tiny-2-1"', '"a\\u001b[2J"')), /name/],
      [
        'a NIC in no network',
        changed((text) => edited(text, ({ env }) => Object.assign(env, { networks: [] }))),
        /manifest does not list/,
      ],
      ['odd rules', changed((text) => text.replace('"blacklist": []', '"blacklist": ["1.2.3.4.5"]')), /1\.2\.3\.4\.5/],
      [
        'memory that leans on a file',
        withRam((disk) => ({ ...disk, backing: '/etc/shadow' })),
        /other file|another file/,
      ],
      ['memory longer than the VM has', withRam((disk) => ({ ...disk, sizeMiB: 128 + 257 })), /memory of tiny-2-1/],
      [
        'memory that is cut',
        remade(capsule, (_, members) => members.set(PACKED, Buffer.from('{"sizeMiB":1'))),
        /end of \S+ is missing/,
      ],
      [
        'memory that is a photo',
        remade(capsule, (_, members) => members.set(PACKED, Buffer.from('photo}'))),
        /not a disk/,
      ],
      [
        'a packed file that is no memory',
        withRam((disk) => ({ ...disk, files: { '/raw': deflateSync('{').toString('base64') } })),
        /memory can’t be/,
      ],
      ['a packed file with nothing in it', withRam((disk) => ({ ...disk, files: {} })), /Could not open/],
      ['packed memory of a larger VM', changed(withRamOf(PACKED, 400)), /memory of tiny-2-1/],
      ['flat memory of a larger VM', changed(withRamOf('vm0/ram.flat', 385)), /memory of tiny-2-1/],
      [
        'one memory for two',
        remade(capsule, (read) => void read.vms.map((vm) => Object.assign(vm, { ram: PACKED }))),
        /a file twice/,
      ],
      [
        'more than it says',
        Buffer.concat([capsule.subarray(0, -1024), tarHeader({ name: 'y', sizeBytes: 0 }, 0), capsule.subarray(-1024)]),
        /contains more than/,
      ],
    ];
    for (const [what, bytes, reason] of wrong) {
      const transferId = await sent(bytes);
      await expect(open(transferId), what).rejects.toMatchObject({
        code: 'CAPSULE_INVALID',
        message: expect.stringMatching(reason),
      });
      expect((await to.client.transfer.list()).transfers, what).toEqual([]);
    }
    expect(await to.belongings()).toEqual(NOTHING);
  });

  it('leaves nothing when the host is too small, a disk can’t be made, or a guest does not wake', async () => {
    const transferId = await sent(capsule);
    const small = sent(changed((text) => text.replaceAll(/"memoryMiB": \d+/g, '"memoryMiB": 600')));
    await expect(open(await small)).rejects.toMatchObject({ code: 'MEMORY_EXHAUSTED' });
    to.storage.failNext('createImage', 'STORAGE_FAILED');
    await expect(open(transferId)).rejects.toMatchObject({ code: 'CAPSULE_FAILED' });
    to.engine.failNext('loadState', 'COMMAND_FAILED');
    await expect(open(transferId)).rejects.toMatchObject({ code: 'VM_START_FAILED' });
    await expect(open(transferId, { name: 'a b' })).rejects.toMatchObject({ code: 'NAME_INVALID' });
    expect(await to.belongings()).toEqual(NOTHING);
    // It is all still there for the next try.
    expect((await open(transferId)).vms).toHaveLength(2);
  });
});

function edited(text: string, change: (manifest: CapsuleManifest) => unknown): string {
  const read = JSON.parse(text) as CapsuleManifest;
  change(read);
  return JSON.stringify(read);
}

/** Other sizes of the first VM's boot disk: by which it is admitted, and which it is given. */
function withDisk({ counted, brought }: { counted: number; brought?: number }) {
  return (text: string) =>
    edited(text, ({ vms: [vm] }) => {
      const [inConfig, inFile] = [vm?.spec.disks[0], vm?.disks[0]];
      if (!vm || !inConfig || !inFile) throw new Error('the capsule has no disk');
      inConfig.sizeMiB = counted;
      inFile.sizeMiB = brought ?? inFile.sizeMiB;
    });
}

/** The capsule with something else in its packed memory. */
function withRam(change: (disk: FakeDisk) => FakeDisk): Buffer {
  return remade(capsule, (_, members) => {
    const disk = change(JSON.parse(String(members.get(PACKED))) as FakeDisk);
    members.set(PACKED, Buffer.from(JSON.stringify(disk)));
  });
}

/** The memory of the first VM, by another name and in another size. */
function withRamOf(name: string, sizeMiB: number) {
  return (text: string) =>
    edited(text, ({ vms: [vm], members }) => {
      const member = members.find(({ path }) => path === PACKED);
      Object.assign(vm ?? {}, { ram: name });
      Object.assign(member ?? {}, { path: name, sizeBytes: sizeMiB * 1024 * 1024 });
    });
}

/** The capsule with another manifest. */
function changed(change: (text: string) => string): Buffer {
  const first = readTarHeader(capsule.subarray(0, 512));
  const sizeBytes = first?.sizeBytes ?? 0;
  const text = Buffer.from(change(capsule.toString('utf8', 512, 512 + sizeBytes)));
  const header = tarHeader({ name: 'manifest.json', sizeBytes: text.length }, 0);
  return Buffer.concat([header, text, padding(text.length), capsule.subarray(tarBytes(sizeBytes))]);
}
