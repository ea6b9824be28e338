// Warming and cooling images, with the fake engine: what is made, what it costs, who may, and that nothing half-made stays.
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { type Image, TtError } from '@tt/protocol';
import { afterEach, expect, it } from 'vitest';
import { FakeCgroups } from '../../cgroups/fake-cgroups.ts';
import { startTestAgent, type TestAgent, type TestAgentOptions } from '../../testing/in-process-agent.ts';
import { DEBIAN_IMAGE, makeTestImage, TINY_IMAGE } from '../../testing/image-folder.ts';
import { StateStore } from '../../state/store.ts';
import { until } from '../../testing/until.ts';

let agent: TestAgent;
afterEach(() => agent.stop());

async function begin(options: TestAgentOptions = {}): Promise<void> {
  // Guests that use no processor time: quiet at once.
  const cgroups = new FakeCgroups({ now: () => 0 });
  agent = await startTestAgent({ config: { memoryTotalMiB: 1024, network: 'user' }, cgroups, ...options });
}

const warm = (about: object = {}) => agent.client.image.warm({ name: TINY_IMAGE, ...about });
const tiny = async (): Promise<Image> => (await agent.client.image.show({ name: TINY_IMAGE })).image;
const codeOf = async (call: Promise<unknown>) =>
  call.then(
    () => null,
    (error: unknown) => (error instanceof TtError ? error.code : String(error)),
  );
/** What lies on this host and belongs to no VM of an ENV. */
const hidden = async () => {
  const { disks, runFolders, machines } = await agent.belongings();
  return { disks: disks.length, runFolders: runFolders.length, machines };
};
const NONE = { disks: 0, runFolders: 0, machines: 0 };
const steps = (kind: string) => [
  ...new Set(
    agent.feed.flatMap((item) =>
      item.kind === 'event' && item.event.type === 'operation.updated' && item.event.data.kind === kind
        ? (item.event.data.step?.code ?? [])
        : [],
    ),
  ),
];

it('boots a VM nobody sees, saves it, and keeps its disk and memory as what the image costs', async () => {
  await begin();
  expect((await tiny()).warm).toBe(null);
  const image = await warm({ memoryMiB: 256, cpuCount: 2 });
  expect(image.warm).toMatchObject({ state: 'ready', memoryMiB: 256, cpuCount: 2, nicCount: 1, useCount: 0 });
  expect(image.warm?.sizeBytes).toBeGreaterThan(0);
  expect(image.warm?.lastUsedAt).toBe(null);
  expect(await hidden()).toEqual({ disks: 1, runFolders: 0, machines: 0 });
  expect(await agent.client.env.list()).toEqual({ envs: [] });
  expect(steps('image.warm')).toEqual([
    'cloningDisks',
    'startingVm',
    'waitingForGuest',
    'waitingForQuiet',
    'clearingMemory',
    'savingMemory',
    'savingVms',
    'stoppingVm',
  ]);
  expect(agent.feed.some((item) => item.kind === 'event' && item.event.type === 'vm.created')).toBe(false);
});

it('replaces the one there was, and cools', async () => {
  await begin();
  await warm();
  expect((await warm({ memoryMiB: 256 })).warm?.memoryMiB).toBe(256);
  expect(await hidden()).toEqual({ ...NONE, disks: 1 });
  expect((await agent.client.image.cool({ name: TINY_IMAGE })).warm).toBe(null);
  expect(await hidden()).toEqual(NONE);
  expect((await agent.client.image.cool({ name: TINY_IMAGE })).warm).toBe(null);
});

it('is in nobody’s quota once it is ready, and in the one of its maker while it boots', async () => {
  await begin({ config: { memoryTotalMiB: 300, network: 'user' } });
  const used = async () => (await agent.client.host.me()).used;
  const held = agent.engine.holdNext('guestAnswers');
  const warming = warm({ memoryMiB: 256 });
  await held.reached;
  try {
    expect(await used()).toMatchObject({ memoryMiB: 256, vms: 0, envs: 0 });
    expect(await codeOf(agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] }))).toBe(
      'MEMORY_EXHAUSTED',
    );
    expect((await tiny()).warm?.state).toBe('making');
    expect(await codeOf(warm())).toBe('IMAGE_WARMING');
    expect(await codeOf(agent.client.image.cool({ name: TINY_IMAGE }))).toBe('IMAGE_WARMING');
  } finally {
    held.release();
    await warming;
  }
  expect(await used()).toMatchObject({ memoryMiB: 0, diskMiB: 0 });
  expect(await codeOf(warm({ memoryMiB: 301 }))).toBe('MEMORY_EXHAUSTED');
  expect((await tiny()).warm).toMatchObject({ state: 'ready', memoryMiB: 256 });
});

it.each([
  ['start', 'START_FAILED', 'VM_START_FAILED'],
  ['dropNetworks', 'COMMAND_FAILED', 'IMAGE_WARM_FAILED'],
  ['beginSave', 'COMMAND_FAILED', 'IMAGE_WARM_FAILED'],
  ['saveState', 'DISK_FULL', 'DISK_FULL'],
] as const)('leaves nothing when %s fails', async (method, engineCode, code) => {
  await begin();
  agent.engine.failNext(method, engineCode);
  expect(await codeOf(warm())).toBe(code);
  expect(await hidden()).toEqual(NONE);
  expect((await tiny()).warm).toBe(null);
  expect((await agent.client.host.me()).used.memoryMiB).toBe(0);
});

it('leaves nothing when its guest dies, when it is cancelled, and when its image is deleted meanwhile', async () => {
  await begin();
  const onceHeld = async (meanwhile: (vmId: string) => Promise<unknown>) => {
    const held = agent.engine.holdNext('guestAnswers');
    const code = codeOf(warm());
    await held.reached;
    const [vmId = ''] = await agent.storage.list();
    const done = meanwhile(vmId);
    held.release();
    await done;
    return code;
  };
  expect(await onceHeld((vmId) => agent.engine.crash(vmId))).toBe('IMAGE_WARM_FAILED');
  expect(await hidden()).toEqual(NONE);
  const cancel = async () => {
    const { operations } = await agent.client.operation.list();
    const running = operations.find(({ kind, state }) => kind === 'image.warm' && state === 'running');
    await agent.client.operation.cancel({ operationId: running?.id ?? '' });
  };
  expect(await onceHeld(cancel)).toBe('OPERATION_CANCELLED');
  expect(await hidden()).toEqual(NONE);
  // Whichever is seen first: that it is to end, or that the image is gone.
  expect(await onceHeld(() => agent.client.image.delete({ name: TINY_IMAGE }))).toMatch(
    /^(OPERATION_CANCELLED|IMAGE_NOT_READY)$/,
  );
  expect(await hidden()).toEqual(NONE);
});

it('goes with its image: deleted, renamed, replaced in the folder', async () => {
  await begin();
  const folder = path.join(agent.home, 'images', 'tiny-2');
  await warm();
  await agent.client.image.rename({ name: TINY_IMAGE, newName: 'qemu:tiny-3:default' });
  expect(await hidden()).toEqual(NONE);
  await agent.client.image.rename({ name: 'qemu:tiny-3:default', newName: TINY_IMAGE });
  await warm();
  await agent.client.image.delete({ name: TINY_IMAGE });
  expect(await hidden()).toEqual(NONE);
  await makeTestImage(folder);
  await until('the image is there again', async () => (await tiny().catch(() => null))?.state === 'ready');
  await warm();
  await agent.stop({ keep: true });
  const { home, fakeHost } = agent;
  await rm(folder, { recursive: true });
  await makeTestImage(folder);
  agent = await startTestAgent({ home, fakeHost });
  expect(await hidden()).toEqual(NONE);
  expect((await tiny()).warm).toBe(null);
});

it('refuses images whose guests it could not give an identity, media, and what is not there', async () => {
  await begin();
  await makeTestImage(path.join(agent.home, 'images', 'mute'), { name: 'qemu:mute-1:default', features: ['serial'] });
  const cloud = { name: 'qemu:cloud-1:default', features: ['guestAgent', 'cloudInit'] as string[] };
  await makeTestImage(path.join(agent.home, 'images', 'cloud'), cloud);
  const isReady = async (name: string) =>
    (await agent.client.image.list()).images.some((image) => image.name === name && image.state === 'ready');
  await until('they are there', () => isReady('qemu:cloud-1:default'));
  await until('they are there', () => isReady('qemu:mute-1:default'));
  const refusal = (name: string) =>
    agent.client.image.warm({ name }).then(
      () => null,
      (error: TtError) => [error.code, (error.data as { reason?: string }).reason],
    );
  expect(await refusal('qemu:mute-1:default')).toEqual(['IMAGE_NOT_WARMABLE', 'noGuestAgent']);
  expect(await refusal('qemu:cloud-1:default')).toEqual(['IMAGE_NOT_WARMABLE', 'cloudInit']);
  expect(await codeOf(agent.client.image.warm({ name: 'qemu:none-1:default' }))).toBe('IMAGE_NOT_FOUND');
  expect(await codeOf(agent.client.image.warm({ name: DEBIAN_IMAGE, memoryMiB: 64 }))).toBe('MEMORY_TOO_SMALL');
  expect(await hidden()).toEqual(NONE);
});

it('is kept by the next agent, unless the last one was killed half-way', async () => {
  await begin();
  await warm();
  const { home, fakeHost } = agent;
  await agent.stop({ keep: true });
  agent = await startTestAgent({ home, fakeHost });
  expect((await tiny()).warm?.state).toBe('ready');
  for (const phase of ['making', 'deleting'] as const) {
    await warm();
    await agent.stop({ keep: true });
    const store = new StateStore(path.join(home, 'state.sqlite'));
    for (const record of store.warmImages.list()) store.warmImages.put(record.vm.id, { ...record, phase });
    store.close();
    agent = await startTestAgent({ home, fakeHost });
    expect((await tiny()).warm).toBe(null);
    expect(await hidden()).toEqual(NONE);
  }
});

it('is for administrators and the owner of the image', async () => {
  const tokenSha256 = createHash('sha256').update('token-of-bob').digest('hex');
  await begin({ config: { network: 'user', users: [{ name: 'bob', tokenSha256, role: 'user' }] } });
  const bob = agent.connectAs('token-of-bob');
  expect(await codeOf(bob.client.image.warm({ name: TINY_IMAGE }))).toBe('IMAGE_NOT_YOURS');
  await warm();
  expect(await codeOf(bob.client.image.cool({ name: TINY_IMAGE }))).toBe('IMAGE_NOT_YOURS');
  bob.close();
});
