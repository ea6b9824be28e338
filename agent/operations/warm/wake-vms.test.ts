// New VMs wake from the warm instant of their image, with the fake engine: which fit, what they have of their own, what their origin
// says, and that one which can't wake boots.
import { type EnvDetail, TtError, type Vm } from '@tt/protocol';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeCgroups } from '../../cgroups/fake-cgroups.ts';
import { StateStore } from '../../state/store.ts';
import { changedVm, type VmRecord, WAKING } from '../../state/vm-record.ts';
import { readFakeDisk } from '../../storage/fake-disk.ts';
import { makeTestImage, TINY_IMAGE } from '../../testing/image-folder.ts';
import { startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';
import { until } from '../../testing/until.ts';

let agent: TestAgent;

beforeEach(async () => {
  const config = { memoryTotalMiB: 16_384, network: 'nat' as const };
  agent = await startTestAgent({ config, cgroups: new FakeCgroups({ now: () => 0 }) });
});
afterEach(() => agent.stop());

const warm = (about: object = {}) => agent.client.image.warm({ name: TINY_IMAGE, ...about });
const create = (group: object = {}, about: object = {}) =>
  agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', ...group }], ...about });
const originOf = ({ vms }: EnvDetail) => vms.map(({ origin }) => (origin?.how === 'woken' ? 'woken' : origin?.reason));
const machineOf = (vmId: string) => [...agent.fakeHost.values()].find(({ spec }) => spec.id === vmId);
const guestFile = (vmId: string, name: string) => readFakeDisk(agent.storage.diskOf(vmId).path).files[name];
const unique = (values: readonly unknown[]) => new Set(values).size === values.length;

/** Leaves a word in the memory and on the disk of the guest that is saved, so that those that wake from it show it. */
async function warmWith(word: string): Promise<void> {
  const held = agent.engine.holdNext('beginSave');
  const warming = warm();
  await held.reached;
  for (const machine of agent.fakeHost.values()) {
    machine.ram = { '/dev/shm/word': word };
    machine.writeDisk({ '/root/word': word, '/etc/machine-id': 'one-and-the-same\n' });
  }
  held.release();
  await warming;
}

it('wakes VMs, each with what is its own, and they look as any other', async () => {
  await warmWith('apple');
  const detail = await create({ copies: 3, ports: [{ protocol: 'tcp', guestPort: 80 }] });
  const { vms } = detail;
  expect(originOf(detail)).toEqual(['woken', 'woken', 'woken']);
  expect(vms.every(({ origin }) => origin?.ms !== null && origin?.reason === null)).toBe(true);
  expect(vms.map(({ id }) => machineOf(id)?.ram['/dev/shm/word'])).toEqual(['apple', 'apple', 'apple']);
  expect(vms.map(({ id }) => machineOf(id)?.hostname)).toEqual(['tiny-2-1', 'tiny-2-2', 'tiny-2-3']);
  expect(vms.map(({ identity }) => identity)).toEqual([null, null, null]);
  for (const value of [
    vms.map(({ mac }) => mac),
    vms.map(({ ip }) => ip),
    vms.map(({ id }) => machineOf(id)?.spec.uuid),
    vms.map(({ id }) => guestFile(id, '/etc/machine-id')),
    vms.flatMap(({ portMap }) => portMap.map(({ hostPort }) => hostPort)),
  ]) {
    expect(unique(value)).toBe(true);
  }
  expect(vms.map(({ id }) => agent.engine.linksUp(id))).toEqual([true, true, true]);
  const ports = vms.map(({ portMap }) => portMap.map(({ guestPort }) => guestPort));
  expect(ports).toEqual([
    [22, 80],
    [22, 80],
    [22, 80],
  ]);
  // Their own copies of the saved state are gone; that of the image is there.
  const states = await Promise.all((await agent.storage.list()).map((id) => agent.storage.listSnapshots(id)));
  expect(states.flat()).toHaveLength(1);
  const { image } = await agent.client.image.show({ name: TINY_IMAGE });
  expect(image.warm).toMatchObject({ useCount: 3, lastUsedAt: expect.any(String) });
  const [first] = vms as [Vm];
  const again = await agent.client.vm
    .stop({ vmId: first.id, graceS: 0 })
    .then(() => agent.client.vm.start({ vmId: first.id }));
  expect(again.origin).toEqual(first.origin);
  const added = await agent.client.env.addVms({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
  expect(originOf(added)).toEqual(['woken', 'woken', 'woken', 'woken']);
});

describe('boots, and says why', () => {
  it('as far as the request knows it', async () => {
    await warm({ memoryMiB: 256 });
    const fits = { memoryMiB: 256 };
    const groups = [
      [fits, 'woken'],
      [{ ...fits, nics: [{ kind: 'user' }] }, 'woken'],
      [{ ...fits, nics: [{ bandwidthMbps: 10 }] }, 'woken'],
      [{ ...fits, blacklist: ['192.0.2.0/24'] }, 'woken'],
      [{}, 'spec'],
      [{ ...fits, cpuCount: 2 }, 'spec'],
      [{ ...fits, rtcBase: 'localtime' }, 'spec'],
      [{ ...fits, diskMiB: 2048 }, 'disks'],
      [{ ...fits, disks: [{ sizeMiB: 64 }] }, 'disks'],
      [{ ...fits, nics: [{}, {}] }, 'nics'],
      [{ ...fits, nics: [{ kind: 'flat' }] }, 'network'],
      [{ ...fits, cloudInit: { user: 'ann' } }, 'cloudInit'],
    ] as const;
    const made = await agent.client.env.create({
      name: 'demo',
      groups: groups.map(([group]) => ({ osPrefix: 'tiny', ...group })) as never,
    });
    expect(originOf(made)).toEqual(groups.map(([, origin]) => origin));
    expect(made.vms.every(({ state }) => state === 'running')).toBe(true);
  });

  it.each([
    ['asked', {}, { cold: true }],
    ['sameUuid', {}, { sameUuid: true }],
  ] as const)('%s', async (reason, group, about) => {
    await warm();
    expect(originOf(await create(group, about))).toEqual([reason]);
    expect(
      originOf(
        await agent.client.env.addVms({ name: 'demo', groups: [{ osPrefix: 'tiny' }], ...('cold' in about && about) }),
      ),
    ).toEqual([reason, reason]);
  });

  it('when the image is not warm, or another one by now', async () => {
    expect(originOf(await create())).toEqual(['notWarm']);
    await agent.client.env.delete({ name: 'demo' });
    await warm();
    const folder = path.join(agent.home, 'images', 'tiny-2');
    await rm(folder, { recursive: true });
    await makeTestImage(folder, { memo: 'the next one' });
    await until(
      'it was seen',
      async () => (await agent.client.image.show({ name: TINY_IMAGE })).image.memo === 'the next one',
    );
    expect(originOf(await create())).toEqual(['imageChanged']);
  });
});

describe('a VM that does not wake', () => {
  it.each([
    ['wakeFailed', 'start', 'START_FAILED'],
    ['identityFailed', 'guestExec', 'COMMAND_FAILED'],
    ['wakeFailed', 'setLinks', 'COMMAND_FAILED'],
  ] as const)('%s, as %s fails: it boots from a fresh disk, others wake', async (reason, method, code) => {
    await warmWith('apple');
    agent.engine.failNext(method, code);
    const made = await create({ copies: 2 });
    expect(new Set(originOf(made))).toEqual(new Set([reason, 'woken']));
    const booted = made.vms.find(({ origin }) => origin?.how === 'booted');
    expect(guestFile(booted?.id ?? '', '/root/word')).toBe(undefined);
    expect(machineOf(booted?.id ?? '')?.ram['/dev/shm/word']).toBe(undefined);
    expect(booted).toMatchObject({ state: 'running', identity: null });
    expect(agent.engine.linksUp(booted?.id ?? '')).toBe(true);
  });

  it('does not include one whose guest agent sets no clock: its own date has', async () => {
    await warm();
    agent.engine.failNext('setGuestTime', 'COMMAND_FAILED');
    const made = await create();
    expect(originOf(made)).toEqual(['woken']);
    expect(Math.abs(agent.engine.clockSkewMs(made.vms[0]?.id ?? ''))).toBeLessThan(60_000);
  });

  it('boots when the memory of the instant is gone', async () => {
    await warm();
    const [vmId = ''] = await agent.storage.list();
    const [state] = await agent.storage.listSnapshots(vmId);
    await agent.storage.destroySnapshot(vmId, state?.tag ?? '');
    expect(originOf(await create({ copies: 2 }))).toEqual(['wakeFailed', 'wakeFailed']);
    expect((await agent.client.image.show({ name: TINY_IMAGE })).image.warm).toBe(null);
  });
});

it('boots where there is no space for the memory of the instant', async () => {
  await warm();
  const noLimit = { envs: null, vms: null, cpuCount: null, memoryMiB: null, diskMiB: null };
  await agent.configure({ quotas: { default: { ...noLimit, storedMiB: 64 }, users: {} } });
  expect(originOf(await create())).toEqual(['noSpace']);
  await agent.configure({ quotas: { default: { ...noLimit, storedMiB: null }, users: {} } });
  const added = await agent.client.env.addVms({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
  expect(originOf(added)).toEqual(['noSpace', 'woken']);
});

it('leaves nothing when it is cancelled while they wake, and the instant stays', async () => {
  await warm();
  const before = await agent.belongings();
  const held = agent.engine.holdNext('guestExec');
  const making = create({ copies: 2 }).catch((error: unknown) => (error instanceof TtError ? error.code : error));
  await held.reached;
  const { operations } = await agent.client.operation.list();
  await agent.client.operation.cancel({ operationId: operations.find(({ kind }) => kind === 'env.create')?.id ?? '' });
  held.release();
  expect(await making).toBe('OPERATION_CANCELLED');
  expect(await agent.belongings()).toEqual(before);
  expect(originOf(await create())).toEqual(['woken']);
});

it('waits with the removal of an instant until those that copy from it are done', async () => {
  await warm();
  const held = agent.engine.holdNext('start');
  const making = create();
  await held.reached;
  const cooling = agent.client.image.cool({ name: TINY_IMAGE });
  await until(
    'nobody else gets it',
    async () => (await agent.client.image.show({ name: TINY_IMAGE })).image.warm === null,
  );
  held.release();
  expect(originOf(await making)).toEqual(['woken']);
  await cooling;
  expect(await agent.storage.list()).toHaveLength(1);
});

it('of a killed agent, a VM that was being woken is removed, and the others go on', async () => {
  await warm();
  const { vms } = await create({ copies: 2 });
  const [half, whole] = vms as [Vm, Vm];
  const { home, fakeHost } = agent;
  await agent.stop({ keep: true });
  // Its guest runs, but nobody gave it an identity of its own yet.
  const store = new StateStore(path.join(home, 'state.sqlite'));
  const record = store.vms.list().find(({ id }) => id === half.id) as VmRecord;
  store.vms.put(half.id, changedVm(record, { origin: { start: WAKING } }));
  store.close();
  agent = await startTestAgent({ home, fakeHost, cgroups: new FakeCgroups({ now: () => 0 }) });
  const after = await agent.client.env.show({ name: 'demo' });
  expect(after.vms.map(({ id, state }) => [id, state])).toEqual([[whole.id, 'running']]);
  expect(machineOf(half.id)).toBe(undefined);
  expect(await agent.storage.exists(half.id)).toBe(false);
});
