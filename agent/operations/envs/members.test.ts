// The VMs of an ENV: added to an existing one, and removed by id, by system, or because they do not answer.
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StateStore } from '../../state/store.ts';
import { makeTestImage } from '../../testing/image-folder.ts';
import { startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';

let agent: TestAgent;
const envs = () => agent.client.env;
const names = async () => (await envs().show({ name: 'demo' })).vms.map(({ name }) => name);

beforeEach(async () => {
  agent = await startTestAgent({ config: { network: 'nat', memoryTotalMiB: 1024 } });
  await envs().create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] });
});
afterEach(() => agent.stop());

describe('adding VMs', () => {
  it('goes on counting, in the network the ENV has, and leaves the others alone', async () => {
    const before = await envs().show({ name: 'demo' });
    const after = await envs().addVms({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] });
    expect(after.vms.map(({ name }) => name)).toEqual([1, 2, 3, 4].map((n) => `demo/tiny-2-${n}`));
    expect(after.vms.slice(0, 2)).toEqual(before.vms);
    expect(after.env.networks).toEqual(before.env.networks);
    expect(new Set(after.vms.map(({ ip }) => ip)).size).toBe(4);
    expect(after.vms.every(({ state }) => state === 'running')).toBe(true);
  });

  it('is all or nothing, and the ENV is as it was', async () => {
    const before = await envs().show({ name: 'demo' });
    agent.engine.failNext('start', 'START_FAILED');
    await expect(envs().addVms({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] })).rejects.toMatchObject({
      code: 'VM_START_FAILED',
    });
    await expect(
      envs().addVms({ name: 'demo', groups: [{ osPrefix: 'tiny', memoryMiB: 2000 }] }),
    ).rejects.toMatchObject({ code: 'MEMORY_EXHAUSTED' });
    expect(await envs().show({ name: 'demo' })).toEqual(before);
    expect((await agent.belongings()).machines).toBe(2);
  });

  it('fills a gap that a deleted VM left', async () => {
    const { vms } = await envs().show({ name: 'demo' });
    await agent.client.vm.delete({ vmId: vms[0]?.id ?? '' });
    await envs().addVms({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
    expect(await names()).toEqual(['demo/tiny-2-2', 'demo/tiny-2-1']);
  });
});

describe('removing VMs', () => {
  it('by id and by system says why each went; an emptied ENV stays and can be given new ones', async () => {
    const { vms } = await envs().show({ name: 'demo' });
    const first = { id: vms[0]?.id, name: vms[0]?.name };
    const dry = await envs().removeVms({ name: 'demo', vmIds: [vms[0]?.id ?? ''], osPrefixes: ['TINY'], dryRun: true });
    expect(dry.removed.map(({ why }) => why)).toEqual(['id', 'osPrefix']);
    expect(await names()).toHaveLength(2);
    expect(await envs().removeVms({ name: 'demo', vmIds: [vms[0]?.id ?? ''] })).toEqual({
      removed: [{ ...first, why: 'id' }],
    });
    await envs().removeVms({ name: 'demo', osPrefixes: ['tiny'] });
    expect((await envs().show({ name: 'demo' })).env).toMatchObject({ state: 'empty', vmIds: [] });
    await envs().update({ name: 'demo', title: 'still here' });
    await envs().addVms({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
    expect(await names()).toEqual(['demo/tiny-2-1']);
  });

  it('of a stranger touches nobody', async () => {
    const { vms } = await envs().show({ name: 'demo' });
    const vmIds = [vms[0]?.id ?? '', 'nobody'];
    await expect(envs().removeVms({ name: 'demo', vmIds })).rejects.toMatchObject({ code: 'VM_NOT_FOUND' });
    expect(await names()).toHaveLength(2);
    expect((await envs().removeVms({ name: 'demo' })).removed).toEqual([]);
  });

  it('that are dead: those that failed or answer in neither way, not those that sleep', async () => {
    await envs().addVms({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] });
    const { vms } = await envs().show({ name: 'demo' });
    const [, sleeping, frozen, crashed] = vms.map(({ id }) => id);
    await agent.client.vm.stop({ vmId: sleeping ?? '', graceS: 0 });
    agent.engine.freezeGuest(frozen ?? '');
    await agent.engine.crash(crashed ?? '');
    const { removed } = await envs().removeVms({ name: 'demo', dead: true });
    expect(removed.map(({ id, why }) => [id, why])).toEqual([
      [frozen, 'dead'],
      [crashed, 'dead'],
    ]);
    expect(await names()).toEqual(['demo/tiny-2-1', 'demo/tiny-2-2']);
  });
});

it('machines that have only the guest helper live while that answers', async () => {
  await agent.stop();
  agent = await startTestAgent({
    config: { network: 'user', memoryTotalMiB: 1024 },
    makeImages: async (directory) => {
      await makeTestImage(path.join(directory, 'bare'), { name: 'qemu:bare-1:default', features: ['vnc', 'serial'] });
    },
  });
  const { vms } = await envs().create({
    name: 'demo',
    groups: [{ osPrefix: 'bare' }, { osPrefix: 'bare', guestHelper: 'off' }],
  });
  const { removed } = await envs().removeVms({ name: 'demo', dead: true, dryRun: true });
  expect(removed.map(({ id }) => id)).toEqual([vms[1]?.id]);
});

describe('deleting an ENV', () => {
  /** Transactions of `work`. */
  async function transactionsOf(work: () => Promise<unknown>): Promise<number> {
    const spy = vi.spyOn(StateStore.prototype, 'transaction');
    try {
      await work();
      return spy.mock.calls.length;
    } finally {
      spy.mockRestore();
    }
  }

  it('takes as many transactions for many machines as for few, whatever their processes do meanwhile', async () => {
    await envs().create({ name: 'wide', groups: [{ osPrefix: 'tiny', copies: 6, memoryMiB: 96 }] });
    const many = await transactionsOf(() => envs().delete({ name: 'wide' }));
    const few = await transactionsOf(() => envs().delete({ name: 'demo' }));
    // All are marked, their records go, and the ENV goes.
    expect([many, few]).toEqual([3, 3]);
    expect((await agent.belongings()).machines).toBe(0);
  });

  it('that failed after the processes had ended is begun again', async () => {
    agent.storage.failNext('destroyImage', 'STORAGE_FAILED');
    await expect(envs().delete({ name: 'demo' })).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(agent.takeFaults()).toMatchObject([{ msg: 'operation failed' }]);
    const { vms } = await envs().show({ name: 'demo' });
    expect(vms.map(({ state }) => state)).toEqual(['deleting']);
    await envs().delete({ name: 'demo' });
    expect(await envs().list()).toEqual({ envs: [] });
    expect((await agent.belongings()).machines).toBe(0);
  });
});

describe('some of the VMs', () => {
  const states = async () => (await envs().show({ name: 'demo' })).vms.map(({ state }) => state);

  it('are stopped and started together, and the others are left alone', async () => {
    const { vms } = await envs().addVms({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
    const [first = '', , third = ''] = vms.map(({ id }) => id);
    await envs().stop({ name: 'demo', vmIds: [third, first, first], graceS: 0 });
    expect(await states()).toEqual(['stopped', 'running', 'stopped']);
    await agent.client.vm.pause({ vmId: vms[1]?.id ?? '' });
    await envs().start({ name: 'demo', vmIds: [first] });
    expect(await states()).toEqual(['running', 'paused', 'stopped']);
    await envs().start({ name: 'demo' });
    expect(await states()).toEqual(['running', 'running', 'running']);
  });

  it('must be in the ENV: otherwise nothing is done', async () => {
    const { vms } = await envs().show({ name: 'demo' });
    const other = await envs().create({ name: 'other', groups: [{ osPrefix: 'tiny' }] });
    const vmIds = [vms[0]?.id ?? '', other.vms[0]?.id ?? ''];
    await expect(envs().stop({ name: 'demo', vmIds, graceS: 0 })).rejects.toMatchObject({ code: 'VM_NOT_FOUND' });
    await expect(envs().start({ name: 'demo', vmIds })).rejects.toMatchObject({ code: 'VM_NOT_FOUND' });
    expect(await states()).toEqual(['running', 'running']);
  });
});
