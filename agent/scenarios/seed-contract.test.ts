// The behaviour of the first TT as its integration tests fixed it (create, refuse, extend, remove machines, delete, no leak), with the
// underlying rules. One body, run against an agent and through a proxy in front of one: a client cannot tell the difference.
import type { EnvDetail, TtClient, Vm, VmGroup } from '@tt/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestProxy } from '../../proxy/test-proxy.ts';
import { DEBIAN_IMAGE, TINY_IMAGE } from '../testing/image-folder.ts';
import { NOTHING, type TestAgent, startTestAgent } from '../testing/in-process-agent.ts';
import { sizeOf } from '../testing/vm-size.ts';

/** The test images: what a VM of each takes when nothing is asked for. */
const IMAGES = { [DEBIAN_IMAGE]: { memoryMiB: 256, diskMiB: 1024 }, [TINY_IMAGE]: { memoryMiB: 128, diskMiB: 1024 } };
const CPU_TOTAL = 8;
const MEMORY_TOTAL_MIB = 4096;
const DISK_TOTAL_MIB = 65_536;
const LIFETIME_MAX_S = 21_600;
/** Matches every image, as the seed's `qemu:` does. */
const EVERY = 'qemu:';

interface Used {
  cpuCount: number;
  memoryMiB: number;
  diskMiB: number;
  ports: number;
  runningVms: number;
}

/** How a client comes to the agent. */
interface Way {
  client: TtClient;
  stop: () => Promise<void>;
}

const ways: [name: string, open: (agent: TestAgent) => Promise<Way>][] = [
  ['an agent', async ({ client }) => ({ client, stop: async () => {} })],
  ['a proxy in front of an agent', startTestProxy],
];

describe.each(ways)('the contract of the first TT, kept by %s', (_name, open) => {
  let agent: TestAgent;
  let way: Way;
  let client: TtClient;
  let atStart: Used;

  beforeAll(async () => {
    agent = await startTestAgent({
      config: {
        cpuTotal: CPU_TOTAL,
        cpuOvercommit: 1,
        memoryTotalMiB: MEMORY_TOTAL_MIB,
        memoryOvercommit: 1,
        diskTotalMiB: DISK_TOTAL_MIB,
        lifetimeMaxS: LIFETIME_MAX_S,
        network: 'user',
      },
    });
    way = await open(agent);
    ({ client } = way);
    atStart = await used();
  });
  afterAll(async () => {
    await way.stop();
    await agent.stop();
  });
  // No leak: whatever a test did, once its ENVs are deleted the host is as it was.
  afterEach(async () => {
    const { envs } = await client.env.list();
    for (const { name } of envs) await client.env.delete({ name });
    expect([await used(), await agent.belongings()]).toEqual([atStart, NOTHING]);
  });

  async function used(): Promise<Used> {
    const { cpu, memory, disk, ports, runningVms } = await client.host.show();
    return { cpuCount: cpu.used, memoryMiB: memory.usedMiB, diskMiB: disk.usedMiB, ports: ports.used, runningVms };
  }

  const names = (vms: readonly { name: string }[]) => vms.map(({ name }) => name).sort();

  it('starts with a host that has allocated nothing yet', () => {
    expect(atStart).toEqual({ cpuCount: 0, memoryMiB: 0, diskMiB: 0, ports: 0, runningVms: 0 });
  });

  describe('creating', () => {
    it('makes 1 + dup VMs of every image that matches, with ssh and the requested ports', async () => {
      const ports = [
        { protocol: 'tcp' as const, guestPort: 80 },
        { protocol: 'tcp' as const, guestPort: 22 },
      ];
      const { env, vms } = await client.env.create({ name: 'ok', groups: [{ osPrefix: 'QEMU:', copies: 3, ports }] });
      expect(names(vms)).toEqual(
        ['debian-12-1', 'debian-12-2', 'debian-12-3', 'tiny-2-1', 'tiny-2-2', 'tiny-2-3'].map((vm) => `ok/${vm}`),
      );
      expect(vms.map(({ portMap }) => portMap.map(({ guestPort }) => guestPort))).toEqual(vms.map(() => [22, 80]));
      expect(new Set(vms.flatMap(({ portMap }) => portMap.map(({ hostPort }) => hostPort))).size).toBe(12);
      expect(lifetimeS(env)).toBe(3600);
      expect(await used()).toEqual({
        cpuCount: 6,
        memoryMiB: 3 * (256 + 128),
        diskMiB: 6 * 1024,
        ports: 12,
        runningVms: 6,
      });
    });

    it('refuses whole what is too big: only the ENV that fitted counts, the other is not there', async () => {
      const images = Object.values(IMAGES);
      await client.env.create({ name: 'ok', groups: [{ osPrefix: EVERY, cpuCount: 2 }] });
      const afterOk = await used();
      expect(afterOk.cpuCount).toBe(images.length * 2);
      const memoryMiB = images.reduce((sum, image) => sum + image.memoryMiB, 0);
      const diskMiB = images.reduce((sum, image) => sum + image.diskMiB, 0);

      const tooBig: [groups: VmGroup[], code: string, data: object][] = [
        [[{ osPrefix: EVERY, cpuCount: 3 }], 'CPU_EXHAUSTED', { total: CPU_TOTAL, used: 4, wanted: 6 }],
        [
          [{ osPrefix: 'tiny', memoryMiB: MEMORY_TOTAL_MIB }],
          'MEMORY_EXHAUSTED',
          { totalMiB: MEMORY_TOTAL_MIB, usedMiB: memoryMiB, wantedMiB: MEMORY_TOTAL_MIB },
        ],
        [
          [{ osPrefix: 'tiny', diskMiB: DISK_TOTAL_MIB }],
          'DISK_EXHAUSTED',
          { totalMiB: DISK_TOTAL_MIB, usedMiB: diskMiB, wantedMiB: DISK_TOTAL_MIB },
        ],
        // A group that would fit alone does not stay behind.
        [[{ osPrefix: 'tiny' }, { osPrefix: 'debian', copies: 4 }], 'CPU_EXHAUSTED', { used: 4, wanted: 5 }],
        [[{ osPrefix: 'tiny' }, { osPrefix: 'solaris' }], 'IMAGE_NOT_FOUND', { wanted: 'solaris' }],
      ];
      for (const [groups, code, data] of tooBig) {
        await expect(client.env.create({ name: 'big', groups }), code).rejects.toMatchObject({ code, data });
        await expect(client.env.show({ name: 'big' })).rejects.toMatchObject({
          code: 'ENV_NOT_FOUND',
          data: { envName: 'big' },
        });
      }
      expect([await used(), names((await client.env.list()).envs)]).toEqual([afterOk, ['ok']]);
      // Its name was not used up.
      await client.env.create({ name: 'big', groups: [{ osPrefix: 'tiny' }] });
    });

    it('takes everything back when a VM does not start', async () => {
      agent.engine.failNext('start', 'START_FAILED');
      const create = client.env.create({ name: 'broken', groups: [{ osPrefix: EVERY, copies: 2 }] });
      await expect(create).rejects.toMatchObject({ code: 'VM_START_FAILED' });
      expect([await used(), (await client.env.list()).envs]).toEqual([atStart, []]);
    });

    it('gives a name once, whoever asks at the same time, and again after the ENV is gone', async () => {
      const request = { name: 'mine', groups: [{ osPrefix: 'tiny' }] };
      const both = await Promise.allSettled([client.env.create(request), agent.client.env.create(request)]);
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const refused = both.find((ended) => ended.status === 'rejected');
      expect(refused?.reason).toMatchObject({ code: 'ENV_NAME_TAKEN', data: { envName: 'mine' } });
      expect((await used()).runningVms).toBe(1);
      await client.env.delete({ name: 'mine' });
      await client.env.create(request);
    });
  });

  describe('the lifetime', () => {
    it('counts from the start, up to the limit, or past it by an override', async () => {
      const { env } = await client.env.create({ name: 'long', groups: [{ osPrefix: 'tiny' }], lifetimeS: 600 });
      expect(lifetimeS(env)).toBe(600);
      const asked = { name: 'long', lifetimeS: 990_000 };
      await expect(client.env.update(asked)).rejects.toMatchObject({
        code: 'LIFETIME_TOO_LONG',
        data: { wantedS: 990_000, maxS: LIFETIME_MAX_S },
      });
      expect((await client.env.show({ name: 'long' })).env).toEqual(env);

      const extended = await client.env.update({ ...asked, overrideLimit: true });
      expect([extended.startAt, lifetimeS(extended)]).toEqual([env.startAt, 990_000]);
      // Again is the same end, and shorter is earlier: the lifetime is one length, not a sum.
      for (const wantedS of [LIFETIME_MAX_S, LIFETIME_MAX_S, 60]) {
        expect(lifetimeS(await client.env.update({ name: 'long', lifetimeS: wantedS }))).toBe(wantedS);
      }
      expect((await client.env.list()).envs.map(lifetimeS)).toEqual([60]);
    });

    it('has the same limit at creation', async () => {
      const request = { name: 'long', groups: [{ osPrefix: 'tiny' }], lifetimeS: LIFETIME_MAX_S + 1 };
      await expect(client.env.create(request)).rejects.toMatchObject({ code: 'LIFETIME_TOO_LONG' });
      await expect(client.env.create({ ...request, lifetimeS: 29 })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
      const { env } = await client.env.create({ ...request, overrideLimit: true });
      expect(lifetimeS(env)).toBe(LIFETIME_MAX_S + 1);
    });
  });

  describe('removing machines', () => {
    let batch: EnvDetail;
    const left = async () => names((await client.env.show({ name: 'batch' })).vms);
    async function makeBatch(): Promise<void> {
      const groups = [
        { osPrefix: 'tiny', copies: 2 },
        { osPrefix: 'debian', copies: 3 },
      ];
      batch = await client.env.create({ name: 'batch', groups });
    }

    it('by OS prefix takes out those VMs and what they had', async () => {
      await makeBatch();
      const before = await used();
      const planned = await client.env.removeVms({ name: 'batch', osPrefixes: ['QEMU:Tiny'], dryRun: true });
      expect([await left(), await used()]).toEqual([names(batch.vms), before]);
      const { removed } = await client.env.removeVms({ name: 'batch', osPrefixes: ['QEMU:Tiny'] });
      expect(removed).toEqual(planned.removed);
      expect(removed.map(({ name, why }) => [name, why])).toEqual([
        ['batch/tiny-2-1', 'osPrefix'],
        ['batch/tiny-2-2', 'osPrefix'],
      ]);
      expect(await left()).toEqual(['batch/debian-12-1', 'batch/debian-12-2', 'batch/debian-12-3']);
      expect(await used()).toEqual({
        cpuCount: before.cpuCount - 2,
        memoryMiB: before.memoryMiB - 2 * 128,
        diskMiB: before.diskMiB - 2 * 1024,
        ports: before.ports - 2,
        runningVms: before.runningVms - 2,
      });
      await expect(client.vm.show({ vmId: removed[0]?.id ?? '' })).rejects.toMatchObject({ code: 'VM_NOT_FOUND' });
      expect(await client.env.removeVms({ name: 'batch', osPrefixes: ['tiny'] })).toEqual({ removed: [] });
    });

    it('by id takes out just that one, and nothing when one of the ids is not of this ENV', async () => {
      await makeBatch();
      const other = await client.env.create({ name: 'other', groups: [{ osPrefix: 'tiny' }] });
      const [first] = batch.vms.map(({ id }) => id);
      for (const strange of [other.vms[0]?.id ?? '', 'nobody']) {
        const removal = client.env.removeVms({ name: 'batch', vmIds: [first ?? '', strange] });
        await expect(removal).rejects.toMatchObject({ code: 'VM_NOT_FOUND', data: { vmId: strange } });
      }
      expect([await left(), (await used()).runningVms]).toEqual([names(batch.vms), 6]);
      const { removed } = await client.env.removeVms({ name: 'batch', vmIds: [first ?? ''] });
      expect(removed).toEqual([{ id: first, name: batch.vms[0]?.name, why: 'id' }]);
      expect(await left()).toEqual(names(batch.vms.slice(1)));
    });

    it('all leaves an ENV without VMs, which is listed, shown, changed and filled again', async () => {
      await makeBatch();
      const { removed } = await client.env.removeVms({ name: 'batch', osPrefixes: [EVERY] });
      expect(names(removed)).toEqual(names(batch.vms));
      expect(await used()).toEqual(atStart);
      expect((await client.env.list()).envs).toMatchObject([{ name: 'batch', state: 'empty', vmIds: [] }]);
      const change = { title: 'still here', lifetimeS: 7200, denyOutgoing: true, vms: { cpuCount: 2, ports: [] } };
      const updated = await client.env.update({ name: 'batch', ...change });
      expect(updated).toMatchObject({ title: 'still here', denyOutgoing: true, vmIds: [] });
      expect(await client.env.show({ name: 'batch' })).toEqual({
        env: updated,
        vms: [],
        snapshots: [],
        warnings: [],
      });
      expect(lifetimeS(updated)).toBe(7200);
      const filled = await client.env.addVms({ name: 'batch', groups: [{ osPrefix: 'tiny' }] });
      expect([names(filled.vms), filled.env.state]).toEqual([['batch/tiny-2-1'], 'running']);
    });
  });

  describe('stopping and starting', () => {
    it('gives back what runs, keeps what is there, and counts nothing twice', async () => {
      const made = await client.env.create({ name: 'nap', groups: [{ osPrefix: EVERY, cpuCount: 2 }] });
      const running = await used();
      for (let round = 1; round <= 2; round++) {
        const { env, vms } = await client.env.stop({ name: 'nap', graceS: 0 });
        expect([env.state, vms.map(placeOf)]).toEqual(['stopped', made.vms.map(placeOf)]);
        expect(await used()).toEqual({ ...running, cpuCount: 0, memoryMiB: 0, runningVms: 0 });
      }
      for (let round = 1; round <= 2; round++) {
        const { env, vms } = await client.env.start({ name: 'nap' });
        expect([env.state, vms.map(placeOf)]).toEqual(['running', made.vms.map(placeOf)]);
        expect(await used()).toEqual(running);
      }
    });

    it('asks again whether there is capacity', async () => {
      await client.env.create({ name: 'nap', groups: [{ osPrefix: EVERY, cpuCount: 2 }] });
      await client.env.stop({ name: 'nap', graceS: 0 });
      await client.env.create({ name: 'greedy', groups: [{ osPrefix: 'tiny', cpuCount: CPU_TOTAL - 3 }] });
      const full = await used();
      await expect(client.env.start({ name: 'nap' })).rejects.toMatchObject({
        code: 'CPU_EXHAUSTED',
        data: { total: CPU_TOTAL, used: CPU_TOTAL - 3, wanted: 4 },
      });
      expect([(await client.env.show({ name: 'nap' })).env.state, await used()]).toEqual(['stopped', full]);
      await client.env.delete({ name: 'greedy' });
      expect((await client.env.start({ name: 'nap' })).env.state).toBe('running');
    });
  });

  describe('updating', () => {
    it('gives all VMs one size while they are stopped, and counts it for each of them', async () => {
      await client.env.create({ name: 'grow', groups: [{ osPrefix: EVERY }] });
      const before = await used();
      const size = { cpuCount: 3, memoryMiB: 512 };
      await expect(client.env.update({ name: 'grow', vms: size })).rejects.toMatchObject({
        code: 'VM_MUST_BE_STOPPED',
      });
      expect(await used()).toEqual(before);
      await client.env.stop({ name: 'grow', graceS: 0 });
      await client.env.update({ name: 'grow', vms: { ...size, diskMiB: 2048 } });
      const { vms } = await client.env.start({ name: 'grow' });
      expect(vms.map(sizeOf)).toEqual(vms.map(() => ({ ...size, diskMiB: 2048 })));
      expect(await used()).toEqual({ ...before, cpuCount: 6, memoryMiB: 1024, diskMiB: 4096 });
    });

    it('replaces ports whole while the VMs run: ssh stays where it was, those left out are free again', async () => {
      const before = await client.env.create({
        name: 'ports',
        groups: [{ osPrefix: EVERY, ports: [{ protocol: 'tcp', guestPort: 80 }] }],
      });
      const wanted = [
        { protocol: 'tcp' as const, guestPort: 443 },
        { protocol: 'udp' as const, guestPort: 53 },
      ];
      const change = async (ports: typeof wanted) => {
        await client.env.update({ name: 'ports', vms: { ports } });
        return (await client.env.show({ name: 'ports' })).vms;
      };
      const replaced = await change(wanted);
      expect(replaced.map(guestPortsOf)).toEqual([
        ['22/tcp', '53/udp', '443/tcp'],
        ['22/tcp', '53/udp', '443/tcp'],
      ]);
      expect(replaced.map(sshPortOf)).toEqual(before.vms.map(sshPortOf));
      expect((await used()).ports).toBe(6);
      const onlySsh = await change([]);
      expect([onlySsh.map(guestPortsOf), onlySsh.map(sshPortOf)]).toEqual([
        [['22/tcp'], ['22/tcp']],
        before.vms.map(sshPortOf),
      ]);
      expect([(await used()).ports, onlySsh.map(({ state }) => state)]).toEqual([2, ['running', 'running']]);
    });

    it('closes the way out for all VMs, and it stays closed when ports change and VMs start again', async () => {
      const isClosed = () =>
        [...agent.fakeHost.values()]
          .map(({ spec }) => spec.nics[0])
          .map((nic) => nic?.kind === 'user' && nic.denyOutgoing);
      await client.env.create({ name: 'shut', groups: [{ osPrefix: EVERY }], denyOutgoing: true });
      expect(isClosed()).toEqual([true, true]);
      await client.env.update({ name: 'shut', vms: { ports: [{ protocol: 'tcp', guestPort: 80 }] } });
      await client.env.stop({ name: 'shut', graceS: 0 });
      await client.env.start({ name: 'shut' });
      expect([isClosed(), (await client.env.show({ name: 'shut' })).env.denyOutgoing]).toEqual([[true, true], true]);
      // What it is already is no change.
      await client.env.update({ name: 'shut', denyOutgoing: true });
      await client.env.stop({ name: 'shut', graceS: 0 });
      await client.env.update({ name: 'shut', denyOutgoing: false });
      await client.env.start({ name: 'shut' });
      expect(isClosed()).toEqual([false, false]);
    });
  });

  it('after deleting there is nothing to list, show or change: what is not there is said, not called a success', async () => {
    const { vms } = await client.env.create({ name: 'gone', groups: [{ osPrefix: EVERY, copies: 2 }] });
    expect(await client.env.delete({ name: 'gone' })).toEqual({ name: 'gone', keptUntil: null });
    expect(await client.env.list()).toEqual({ envs: [] });
    const groups = [{ osPrefix: 'tiny' }];
    const calls = {
      show: () => client.env.show({ name: 'gone' }),
      lifetime: () => client.env.update({ name: 'gone', lifetimeS: 600 }),
      size: () => client.env.update({ name: 'gone', vms: { cpuCount: 2 } }),
      removeVms: () => client.env.removeVms({ name: 'gone', osPrefixes: [EVERY] }),
      addVms: () => client.env.addVms({ name: 'gone', groups }),
      start: () => client.env.start({ name: 'gone' }),
      stop: () => client.env.stop({ name: 'gone' }),
      delete: () => client.env.delete({ name: 'gone' }),
    };
    for (const [name, call] of Object.entries(calls)) {
      await expect(call(), name).rejects.toMatchObject({ code: 'ENV_NOT_FOUND', data: { envName: 'gone' } });
    }
    await expect(client.vm.show({ vmId: vms[0]?.id ?? '' })).rejects.toMatchObject({ code: 'VM_NOT_FOUND' });
    expect([await used(), await agent.belongings()]).toEqual([atStart, NOTHING]);
  });
});

function lifetimeS({ startAt, endAt }: { startAt: string; endAt: string }): number {
  return (Date.parse(endAt) - Date.parse(startAt)) / 1000;
}

/** What a VM keeps while it is stopped. */
function placeOf({ id, name, mac, portMap, spec }: Vm): object {
  return { id, name, mac, portMap, spec };
}

function guestPortsOf({ portMap }: Vm): string[] {
  return portMap.map(({ guestPort, protocol }) => `${guestPort}/${protocol}`);
}

function sshPortOf({ portMap }: Vm): number | undefined {
  return portMap.find(({ guestPort }) => guestPort === 22)?.hostPort;
}
