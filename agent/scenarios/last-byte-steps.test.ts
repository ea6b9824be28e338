// The disk becomes full in the middle: at each named step of each call that writes, with space until then. Every call ends with success
// or DISK_FULL, the agent lives on, and what the call left can be deleted. Fake guests on a tmpfs, so this needs root.
// @module-tag long
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { downloadChunks, uploadFile } from '@tt/client';
import { type OperationKind, reason, type TtError, type Vm } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeTestImages, TINY_IMAGE } from '../testing/image-folder.ts';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';
import { canMount, mountSmallDisk, type SmallDisk, whyNoMount } from '../testing/small-disk.ts';

const DISK_MIB = 64;
/** No call has more steps. */
const MOST_STEPS = 60;
/** What stops or removes things works on a disk without a free byte, at each step. */
const ALWAYS_WORK: readonly string[] = [
  'env.delete',
  'env.purge',
  'env.removeVms',
  'env.stop',
  'vm.stop',
  'vm.delete',
  'disk.remove',
  'snapshot.delete',
  'image.cool',
  'image.delete',
  'profile.delete',
  'profile.discard',
  'lab.delete',
  'lab.stopSession',
];
/** Operations that no call here begins, and why. */
const ELSEWHERE = {
  'vm.resume': 'needs a guest that the disk has paused: last-byte.test.ts, full-disk-guests.test.ts',
  'env.end': 'begun by the agent; stops, which env.stop does',
  'snapshot.setClocks': 'begun by the agent; writes nothing',
  'image.build': 'needs a recipe: packages from the network',
} as const satisfies Partial<Record<OperationKind, string>>;

interface Call {
  /** Makes what the call needs, while there is space. */
  before?: () => Promise<string>;
  call: (given: string) => Promise<unknown>;
}

describe.skipIf(!canMount)(`a disk that becomes full in the middle of${whyNoMount}`, () => {
  let disk: SmallDisk;
  let agent: TestAgent;
  let vm: Vm;
  let atStep: (step: string) => void;

  beforeEach(async () => {
    atStep = () => {};
    disk = await mountSmallDisk(DISK_MIB);
    await makeTestImages(path.join(disk.folder, 'images'));
    await writeFile(path.join(disk.folder, 'images', 'net.iso'), 'a medium');
    agent = await startTestAgent({ home: disk.folder, diskLookMs: 20, checkpoint: (step) => atStep(step) });
    const groups = [{ osPrefix: 'tiny' }];
    vm = (await agent.client.env.create({ name: 'kept', groups })).vms[0] ?? expect.unreachable('there is no VM');
    // The RAM of a running one may need more than this disk has.
    await agent.client.vm.stop({ vmId: vm.id, graceS: 0 });
    await agent.client.snapshot.create({ envName: 'kept', name: 'first' });
  });
  afterEach(async () => {
    try {
      // Rejects if the test broke what must always hold.
      await agent.stop({ keep: true });
    } finally {
      for (const machine of agent.fakeHost.values()) {
        await machine.end({ expected: true, reason: reason('poweredOff') });
      }
      await disk.unmount();
    }
  });

  /** An ENV in the bin. */
  const inBin = async () => {
    await agent.configure({ keepDeletedS: 3600 });
    await agent.client.env.create({ name: 'made', groups: [{ osPrefix: 'tiny' }] });
    const { name } = await agent.client.env.delete({ name: 'made' });
    await agent.configure({ keepDeletedS: 0 });
    return name;
  };
  const upload = async (content: Buffer, fileName: string) => {
    const read = async (at: number, length: number) => content.subarray(at, at + length);
    const source = { fileName, sizeBytes: content.length, read };
    return (await uploadFile(agent, source, randomUUID())).id;
  };
  const capsule = async () => {
    const { transfer } = await agent.client.capsule.export({ envName: 'kept' });
    const pieces: Uint8Array[] = [];
    for await (const piece of downloadChunks(agent, transfer, 0)) pieces.push(piece);
    return upload(Buffer.concat(pieces), 'kept.capsule');
  };
  const foreign = async () => {
    const file = path.join(agent.home, 'foreign.raw');
    await writeFile(file, 'a disk');
    return file;
  };
  const publish = async () => (await agent.client.image.publish({ vmId: vm.id, name: 'qemu:made-1:one' })).name;
  const start = async () => (await agent.client.vm.start({ vmId: vm.id })).id;
  const added = async () => {
    await agent.client.disk.add({ vmId: vm.id, sizeMiB: 64, name: 'disk1' });
    return 'disk1';
  };
  const detached = async () => {
    const name = await added();
    await agent.client.disk.detach({ vmId: vm.id, name });
    return name;
  };
  const profile = async () => (await agent.client.profile.create({ name: 'made', image: 'tiny' })).name;
  const opened = async () => {
    const name = await profile();
    await agent.client.profile.openAdmin({ name });
    return name;
  };
  const published = async () =>
    (await agent.client.profile.publish({ name: await opened(), force: true, graceS: 0 })).name;
  const lab = async () => (await agent.client.lab.create({ name: 'room', profileNames: [await profile()] })).name;
  const saveTemplate = (text: string) => agent.client.template.save({ name: 'made', text, replaces: null });
  const template = async () => (await saveTemplate('groups: []')).name;
  /** Of every operation: one that is new does not compile without a line here. */
  const calls: Record<Exclude<OperationKind, keyof typeof ELSEWHERE>, Call> = {
    'env.create': { call: () => agent.client.env.create({ name: 'made', groups: [{ osPrefix: 'tiny' }] }) },
    'snapshot.create': { call: () => agent.client.snapshot.create({ envName: 'kept', name: 'made' }) },
    'snapshot.revert': { call: () => agent.client.snapshot.revert({ envName: 'kept', name: 'first' }) },
    'snapshot.fork': { call: () => agent.client.snapshot.fork({ envName: 'kept', name: 'first', newName: 'made' }) },
    'env.clone': { call: () => agent.client.env.clone({ name: 'kept', newName: 'made' }) },
    'vm.clone': { call: () => agent.client.vm.clone({ vmId: vm.id }) },
    'vm.start': { call: () => agent.client.vm.start({ vmId: vm.id }) },
    'disk.add': { call: () => agent.client.disk.add({ vmId: vm.id, sizeMiB: 64, name: 'disk1' }) },
    'guestFile.put': {
      before: start,
      call: () => agent.client.guestFile.put({ envName: 'kept', folder: '/tmp', files: [{ path: 'a', sizeBytes: 0 }] }),
    },
    'guestFile.get': {
      before: async () => {
        const vmId = await start();
        await agent.client.guestFile.put({ envName: 'kept', folder: '/tmp', files: [{ path: 'a', sizeBytes: 0 }] });
        return vmId;
      },
      call: (vmId) => agent.client.guestFile.get({ vmId, files: [{ path: '/tmp/a', sizeBytes: 0 }] }),
    },
    'capsule.export': { call: () => agent.client.capsule.export({ envName: 'kept' }) },
    'capsule.import': {
      before: capsule,
      call: (transferId) => agent.client.capsule.import({ transferId, name: 'made' }),
    },
    'image.publish': { call: () => agent.client.image.publish({ vmId: vm.id, name: 'qemu:made-1:one' }) },
    'image.import': {
      before: foreign,
      call: (file) =>
        agent.client.image.import({ name: 'qemu:made-2:one', format: 'raw', source: { kind: 'file', path: file } }),
    },
    'image.rename': {
      before: publish,
      call: (name) => agent.client.image.rename({ name, newName: 'qemu:made-1:two' }),
    },
    'image.warm': { call: () => agent.client.image.warm({ name: TINY_IMAGE }) },
    'image.cool': {
      before: async () => (await agent.client.image.warm({ name: TINY_IMAGE })).name,
      call: (name) => agent.client.image.cool({ name }),
    },
    'image.delete': { before: publish, call: (name) => agent.client.image.delete({ name }) },
    'env.update': {
      call: () => agent.client.env.update({ name: 'kept', notes: 'n'.repeat(2000), denyOutgoing: false }),
    },
    'env.addVms': { call: () => agent.client.env.addVms({ name: 'kept', groups: [{ osPrefix: 'tiny' }] }) },
    'env.removeVms': {
      before: async () => (await agent.client.vm.clone({ vmId: vm.id })).vms.find(({ id }) => id !== vm.id)?.id ?? '',
      call: (vmId) => agent.client.env.removeVms({ name: 'kept', vmIds: [vmId] }),
    },
    'env.compact': { call: () => agent.client.env.compact({ name: 'kept' }) },
    'env.start': { call: () => agent.client.env.start({ name: 'kept' }) },
    'env.stop': { before: start, call: () => agent.client.env.stop({ name: 'kept', graceS: 0 }) },
    'vm.update': {
      call: () => agent.client.vm.update({ vmId: vm.id, ports: [{ protocol: 'tcp', guestPort: 80 }], diskMiB: 2048 }),
    },
    'vm.stop': { before: start, call: (vmId) => agent.client.vm.stop({ vmId, graceS: 0 }) },
    'vm.pause': { before: start, call: (vmId) => agent.client.vm.pause({ vmId }) },
    'vm.reset': { before: start, call: (vmId) => agent.client.vm.reset({ vmId }) },
    'vm.delete': {
      before: async () => (await agent.client.vm.clone({ vmId: vm.id })).vms.find(({ id }) => id !== vm.id)?.id ?? '',
      call: (vmId) => agent.client.vm.delete({ vmId }),
    },
    'disk.attach': { before: detached, call: (name) => agent.client.disk.attach({ vmId: vm.id, name }) },
    'disk.detach': { before: added, call: (name) => agent.client.disk.detach({ vmId: vm.id, name }) },
    'disk.remove': { before: detached, call: (name) => agent.client.disk.remove({ vmId: vm.id, name }) },
    'disk.grow': { before: added, call: (name) => agent.client.disk.grow({ vmId: vm.id, name, sizeMiB: 128 }) },
    'disk.limit': {
      before: added,
      call: (name) =>
        agent.client.disk.limit({ vmId: vm.id, name, limits: { bytesPerSecond: null, operationsPerSecond: 100 } }),
    },
    'cd.insert': { call: () => agent.client.cd.insert({ vmId: vm.id, name: 'cd0', medium: 'qemu:net:iso' }) },
    'cd.eject': {
      before: async () => (await agent.client.cd.insert({ vmId: vm.id, name: 'cd0', medium: 'qemu:net:iso' })).id,
      call: (vmId) => agent.client.cd.eject({ vmId, name: 'cd0' }),
    },
    'snapshot.update': {
      call: () => agent.client.snapshot.update({ envName: 'kept', name: 'first', notes: 'n'.repeat(2000) }),
    },
    'snapshot.delete': {
      before: async () => (await agent.client.snapshot.create({ envName: 'kept', name: 'made' })).name,
      call: (name) => agent.client.snapshot.delete({ envName: 'kept', name }),
    },
    'profile.create': { call: () => agent.client.profile.create({ name: 'made', image: 'tiny' }) },
    'profile.update': {
      before: profile,
      call: (name) => agent.client.profile.update({ name, notes: 'n'.repeat(2000) }),
    },
    'profile.clone': { before: published, call: (name) => agent.client.profile.clone({ name, newName: 'twin' }) },
    'profile.rollback': {
      before: published,
      call: (name) => agent.client.profile.rollback({ name, version: 1 }),
    },
    'template.save': { call: () => saveTemplate(`groups: [] # ${'n'.repeat(2000)}`) },
    'template.rename': {
      before: template,
      call: (name) => agent.client.template.rename({ name, newName: 'twin' }),
    },
    'template.share': {
      before: template,
      call: (name) => agent.client.template.share({ name, sharedWith: 'everybody' }),
    },
    'template.delete': { before: template, call: (name) => agent.client.template.delete({ name }) },
    'profile.delete': { before: profile, call: (name) => agent.client.profile.delete({ name }) },
    'profile.openAdmin': { before: profile, call: (name) => agent.client.profile.openAdmin({ name }) },
    'profile.publish': {
      before: opened,
      call: (name) => agent.client.profile.publish({ name, force: true, graceS: 0 }),
    },
    'profile.discard': { before: opened, call: (name) => agent.client.profile.discard({ name }) },
    'lab.create': {
      before: profile,
      call: (name) => agent.client.lab.create({ name: 'room', profileNames: [name] }),
    },
    'lab.update': { before: lab, call: (name) => agent.client.lab.update({ name, notes: 'n'.repeat(2000) }) },
    'lab.delete': { before: lab, call: (name) => agent.client.lab.delete({ name }) },
    'lab.setTerminal': {
      before: lab,
      call: (name) => agent.client.lab.setTerminal({ name, terminalName: 'desk', address: '192.0.2.1' }),
    },
    'lab.removeTerminal': {
      before: async () =>
        (await agent.client.lab.setTerminal({ name: await lab(), terminalName: 'desk', address: '192.0.2.1' })).name,
      call: (name) => agent.client.lab.removeTerminal({ name, terminalName: 'desk' }),
    },
    'lab.startSession': { before: lab, call: (name) => agent.client.lab.startSession({ name }) },
    'lab.stopSession': {
      before: async () => (await agent.client.lab.startSession({ name: await lab() })).sessionName,
      call: (sessionName) => agent.client.lab.stopSession({ name: 'room', sessionName }),
    },
    'env.delete': {
      before: async () => {
        await agent.client.env.create({ name: 'made', groups: [{ osPrefix: 'tiny' }] });
        return '';
      },
      call: () => agent.client.env.delete({ name: 'made' }),
    },
    'env.restore': { before: inBin, call: (name) => agent.client.env.restore({ name }) },
    'env.purge': { before: inBin, call: (name) => agent.client.env.purge({ name }) },
  };

  /** By the calls of the product, on the full disk first where they only take away. */
  async function clean(): Promise<void> {
    const { client } = agent;
    const { labs } = await client.lab.list();
    for (const { name } of labs) {
      const { sessions } = await client.lab.show({ name });
      for (const { sessionName } of sessions) await client.lab.stopSession({ name, sessionName });
    }
    for (const { name } of (await client.template.list()).templates) await client.template.delete({ name });
    const { envs } = await client.env.list();
    for (const { name } of envs) if (name !== 'kept') await client.env.delete({ name, forGood: true });
    for (const { name } of (await client.env.listDeleted()).envs) await client.env.purge({ name });
    disk.empty();
    const { vms, snapshots } = await client.env.show({ name: 'kept' });
    for (const other of vms) if (other.id !== vm.id) await client.vm.delete({ vmId: other.id });
    for (const { name } of snapshots) if (name !== 'first') await client.snapshot.delete({ envName: 'kept', name });
    const now = await client.vm.show({ vmId: vm.id });
    if (now.state === 'running') await client.vm.stop({ vmId: vm.id, graceS: 0 });
    if (now.spec.disks.some(({ name }) => name === 'disk1')) {
      await client.disk.detach({ vmId: vm.id, name: 'disk1' });
      await client.disk.remove({ vmId: vm.id, name: 'disk1' });
    }
    for (const { name } of labs) await client.lab.delete({ name });
    await client.image.cool({ name: TINY_IMAGE });
    const { images } = await client.image.list();
    for (const { name } of images) if (name.startsWith('qemu:made')) await client.image.delete({ name });
    const { profiles } = await client.profile.list();
    for (const { name } of profiles) await client.profile.delete({ name });
  }

  it.each(Object.entries(calls))('%s', async (name, { before = async () => '', call }: Call) => {
    const seen: string[] = [];
    for (let fullAt = 0; fullAt < MOST_STEPS; fullAt++) {
      const given = await before();
      let step = 0;
      let at: string | null = null;
      atStep = (named) => {
        if (step++ !== fullAt) return;
        at = named;
        disk.fill();
      };
      atStep('begin');
      const outcome = await call(given).then(
        () => 'ok',
        ({ code }: TtError) => code,
      );
      atStep = () => {};
      if (at === null) break;
      seen.push(`${String(at)}: ${outcome}`);
      await clean();
    }
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.filter((one) => !/: (ok|DISK_FULL)$/.test(one))).toEqual([]);
    if (ALWAYS_WORK.includes(name)) expect(seen.filter((one) => !one.endsWith(': ok'))).toEqual([]);
    process.stdout.write(`${name}: ${seen.join(', ')}\n`);
  });
});
