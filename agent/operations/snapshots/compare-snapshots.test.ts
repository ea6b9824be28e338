// What differs between two snapshots: memory, disks, configuration, and machines that only one of them contains.
import type { Vm } from '@tt/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';

let agent: TestAgent;
let vms: Vm[];

beforeEach(async () => {
  agent = await startTestAgent({ config: { network: 'nat' } });
  ({ vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] }));
});
afterEach(() => agent.stop());

const idOf = (index: number) => vms[index]?.id ?? '';
const take = (name: string, about: object = {}) => agent.client.snapshot.create({ envName: 'demo', name, ...about });
const compare = (name: string, otherName: string) =>
  agent.client.snapshot.compare({ envName: 'demo', name, otherName });

function writeOn(index: number, text: string): void {
  for (const machine of agent.fakeHost.values()) {
    if (machine.spec.id === idOf(index)) machine.writeDisk({ '/root/word': text });
  }
}

it('says of each machine what has changed between two snapshots, in either direction', async () => {
  const before = await take('a');
  writeOn(0, 'pear');
  await agent.client.env.stop({ name: 'demo' });
  await agent.client.vm.update({
    vmId: idOf(1),
    memoryMiB: 256,
    ports: [{ protocol: 'tcp', guestPort: 80 }],
    blacklist: ['10.0.0.0/8'],
    diskMiB: (vms[1]?.spec.disks[0]?.sizeMiB ?? 0) + 64,
  });
  const after = await take('b');
  const found = await compare('a', 'b');
  expect(found).toMatchObject({
    before: { id: before.id, name: 'a', createdAt: before.createdAt },
    after: { id: after.id, name: 'b' },
    leftOutVms: 0,
  });
  const [written, changed] = found.vms;
  // The second one was taken of stopped machines.
  expect(written).toMatchObject({ vmId: idOf(0), in: 'both', afterRamBytes: null, changes: [] });
  expect(written?.beforeRamBytes).toBeGreaterThan(0);
  expect(written?.disks).toMatchObject([{ name: 'disk0', in: 'both' }]);
  expect(written?.disks[0]?.changedBytes).toBeGreaterThan(0);
  expect(changed?.disks[0]).toMatchObject({ changedBytes: 0 });
  expect((changed?.disks[0]?.afterMiB ?? 0) - (changed?.disks[0]?.beforeMiB ?? 0)).toBe(64);
  expect(changed?.changes).toEqual([
    { property: 'memoryMiB', before: '128', after: '256' },
    { property: 'ports', before: '22/tcp', after: expect.stringContaining('80/tcp') },
    { property: 'blacklist', before: '', after: '10.0.0.0/8' },
  ]);
  const back = await compare('b', 'a');
  expect(back.vms[1]?.changes?.[0]).toEqual({ property: 'memoryMiB', before: '256', after: '128' });
  expect(back.vms[0]?.disks[0]?.changedBytes).toBe(written?.disks[0]?.changedBytes);
});

it('finds nothing between a snapshot and itself', async () => {
  await take('a');
  const { vms: same } = await compare('a', 'a');
  expect(same.map(({ changes, disks }) => [changes, disks.map(({ changedBytes }) => changedBytes)])).toEqual([
    [[], [0]],
    [[], [0]],
  ]);
});

it('says which of the two contains a machine, and leaves out those that were deleted since', async () => {
  await take('whole');
  await take('one', { vmIds: [idOf(1)] });
  expect((await compare('whole', 'one')).vms.map(({ vmId, in: where }) => [vmId, where])).toEqual([
    [idOf(0), 'before'],
    [idOf(1), 'both'],
  ]);
  expect((await compare('one', 'whole')).vms.map(({ vmId, in: where }) => [vmId, where])).toEqual([
    [idOf(1), 'both'],
    [idOf(0), 'after'],
  ]);
  await agent.client.vm.delete({ vmId: idOf(0) });
  expect((await compare('whole', 'one')).vms.map(({ vmId }) => vmId)).toEqual([idOf(1)]);
});

it('tells of a disk that was added in between; its size is known, what it holds is not in both', async () => {
  await take('a');
  await agent.client.disk.add({ vmId: idOf(0), sizeMiB: 16 });
  await take('b');
  expect((await compare('a', 'b')).vms[0]?.disks).toEqual([
    expect.objectContaining({ name: 'disk0', in: 'both' }),
    { name: 'disk1', in: 'after', beforeMiB: null, afterMiB: 16, changedBytes: null },
  ]);
});

it('refuses snapshots that are not there, and says when the storage failed', async () => {
  await take('a');
  for (const [one, other] of [
    ['a', 'none'],
    ['none', 'a'],
  ] as const) {
    await expect(compare(one, other)).rejects.toMatchObject({ code: 'SNAPSHOT_NOT_FOUND' });
  }
  await expect(agent.client.snapshot.compare({ envName: 'none', name: 'a', otherName: 'a' })).rejects.toMatchObject({
    code: 'ENV_NOT_FOUND',
  });
  agent.storage.failNext('changedBytes', 'STORAGE_FAILED');
  await expect(compare('a', 'a')).rejects.toMatchObject({ code: 'SNAPSHOT_FAILED' });
  // Of a snapshot that has lost its disk the rest is still told.
  agent.storage.failNext('changedBytes', 'SNAPSHOT_NOT_FOUND');
  expect((await compare('a', 'a')).vms[0]?.disks).toMatchObject([
    { name: 'disk0', in: 'both', changedBytes: null, uncounted: 'damaged' },
  ]);
});
