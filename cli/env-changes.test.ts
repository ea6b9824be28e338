// `tt env ...` where it changes what is there: groups, updates, lifetimes, more VMs and fewer. Each command with and without
// --json, against a test agent with the fake engine.
import { bootDiskMiB, type Env, type EnvDetail, envDetailSchema, envSchema, vmSchema } from '@tt/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { TestAgent } from '../agent/testing/in-process-agent.ts';
import { until } from '../agent/testing/until.ts';
import { codeOf, sizes, startTestTt, type TestTt } from './test-tt.ts';

const removedVmSchema = z.object({
  removed: z.array(z.object({ id: z.string(), name: z.string(), why: z.enum(['id', 'osPrefix', 'dead']) })),
});

let running: TestTt;
let agent: TestAgent;
let tt: TestTt['tt'];
let json: TestTt['json'];
let text: TestTt['text'];

beforeAll(async () => {
  running = await startTestTt({ config: { memoryTotalMiB: 4096, network: 'user', lifetimeMaxS: 21_600 } });
  ({ agent, tt, json, text } = running);
});
afterAll(() => running.stop());
afterEach(() => running.removeEnvs());

const lifetimeS = ({ startAt, endAt }: Env) => (Date.parse(endAt) - Date.parse(startAt)) / 1000;

describe('env add', () => {
  it('takes groups of different sizes beside the one-size form, and all that an ENV can have', async () => {
    const { env, vms } = await json<EnvDetail>(
      'env add rich --os-prefix debian --vm tiny,copies=2,cpu=2,mem=96,disk=2048,port=80+53/udp,engine=qemu,net=user+user ' +
        '--vm tiny,cpu=3 --mem 300 --vm-port 443 --life-time 2h --end-policy snapshot-then-stop --same-uuid --deny-outgoing ' +
        '--title Rich --notes words --tag red --tag blue',
      envDetailSchema,
    );
    expect(sizes(vms)).toEqual([
      ['rich/debian-12-1', 1, 300, '22/tcp 443/tcp'],
      ['rich/tiny-2-1', 2, 96, '22/tcp 53/udp 80/tcp'],
      ['rich/tiny-2-2', 2, 96, '22/tcp 53/udp 80/tcp'],
      ['rich/tiny-2-3', 3, 300, '22/tcp 443/tcp'],
    ]);
    expect(vms.map(({ nics, spec }) => [nics.map(({ kind }) => kind), bootDiskMiB(spec)])).toEqual([
      [['user'], 1024],
      [['user', 'user'], 2048],
      [['user', 'user'], 2048],
      [['user'], 1024],
    ]);
    expect([lifetimeS(env), env]).toEqual([
      7200,
      expect.objectContaining({
        endPolicy: 'snapshotThenStop',
        denyOutgoing: true,
        title: 'Rich',
        notes: 'words',
        tags: ['red', 'blue'],
      }),
    ]);
    const uuids = [...agent.fakeHost.values()].map(({ spec }) => spec.uuid);
    expect([uuids.length, new Set(uuids).size]).toEqual([4, 1]);
    expect(await text('env list')).toMatch(
      /\nrich +running +4 +(1 h 59|2 h 0) min +snapshot-then-stop +local +red,blue +Rich\n$/,
    );
  });

  it('goes past the longest lifetime when told to', async () => {
    const refused = await tt('env add long --os-prefix tiny --life-time 7h');
    expect([refused.exitCode, codeOf(refused.stderr)]).toEqual([2, 'LIFETIME_TOO_LONG']);
    expect(await text('env add long --os-prefix tiny --life-time 7h --override-limit')).toMatch(
      /^long: running, ends in (6 h 59|7 h 0) min\n/,
    );
  });

  it('connects VMs by several NICs, with limits and closed destinations', async () => {
    const { env, vms } = await json<EnvDetail>(
      'env add nets --vm tiny,net=nat+flat,bandwidth=10,blacklist=192.0.2.1+198.51.100.0/24 --vm tiny --net nat ' +
        '--blacklist 203.0.113.9 --vni 7',
      envDetailSchema,
    );
    expect(env.networks.map(({ kind, vni }) => [kind, vni])).toEqual([
      ['nat', null],
      ['flat', 7],
    ]);
    expect(
      vms.map(({ nics, spec: { blacklist } }) => [
        ...nics.map(({ kind, bandwidthMbps }) => [kind, bandwidthMbps]),
        blacklist,
      ]),
    ).toEqual([
      [
        ['nat', 10],
        ['flat', 10],
        ['192.0.2.1', '198.51.100.0/24'],
      ],
      [['nat', null], ['203.0.113.9']],
    ]);
    const lifted = await json('vm update nets/tiny-2-1 --bandwidth 0 --blacklist=', vmSchema);
    expect([lifted.nics.map(({ bandwidthMbps }) => bandwidthMbps), lifted.spec.blacklist]).toEqual([[null, null], []]);
    await text('env update nets --bandwidth 7 --blacklist 192.0.2.2');
    const changed = (await agent.client.env.show({ name: 'nets' })).vms;
    expect(changed.map(({ nics, spec: { blacklist } }) => [nics[0]?.bandwidthMbps, blacklist])).toEqual([
      [7, ['192.0.2.2']],
      [7, ['192.0.2.2']],
    ]);
  });

  it('says what a network can’t do', async () => {
    const refused = await Promise.all(
      ['--net user --blacklist 192.0.2.1', '--net user --bandwidth 10'].map((flags) =>
        tt(`env add no --os-prefix tiny ${flags}`),
      ),
    );
    expect(refused.map(({ exitCode, stdout, stderr }) => [exitCode, stdout, codeOf(stderr)])).toEqual([
      [2, '', 'FEATURE_UNSUPPORTED'],
      [2, '', 'FEATURE_UNSUPPORTED'],
    ]);
  });
});

describe('env update', () => {
  it('changes what is named and leaves the rest', async () => {
    const { env } = await agent.client.env.create({
      name: 'demo',
      groups: [{ osPrefix: 'tiny', copies: 2 }],
      tags: ['old'],
      notes: 'kept',
    });
    const changed = await json(
      'env update demo --title New --tag a --tag b --end-policy stop --life-time 5400',
      envSchema,
    );
    const endAt = new Date(Date.parse(env.startAt) + 5_400_000).toISOString();
    expect(changed).toEqual({ ...env, title: 'New', tags: ['a', 'b'], endPolicy: 'stop', endAt });
    expect(await text('env update demo --life-time 8h --override-limit --notes= --tag=')).toMatch(
      /^demo: running, ends in (7 h 59|8 h 0) min\nend: \S+Z, then stop\n$/,
    );
    expect((await agent.client.env.show({ name: 'demo' })).env).toMatchObject({ title: 'New', notes: '', tags: [] });
  });

  it('changes all its VMs: ports while they run, sizes while they are stopped', async () => {
    await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] });
    const vmsNow = async () => (await agent.client.env.show({ name: 'demo' })).vms;
    await text('env update demo --vm-port 80,53/udp --blacklist= --bandwidth 0');
    expect(sizes(await vmsNow()).map((row) => row[3])).toEqual(['22/tcp 53/udp 80/tcp', '22/tcp 53/udp 80/tcp']);
    await json('env update demo --vm-port=', envSchema);
    expect(sizes(await vmsNow()).map((row) => row[3])).toEqual(['22/tcp', '22/tcp']);
    const refused = await tt('env update demo --cpu 2 --mem 256');
    expect([refused.exitCode, codeOf(refused.stderr)]).toEqual([4, 'VM_MUST_BE_STOPPED']);
    const live = await tt('env update demo --deny-outgoing');
    expect([live.exitCode, codeOf(live.stderr)]).toEqual([4, 'VM_MUST_BE_STOPPED']);

    await agent.client.env.stop({ name: 'demo', graceS: 0 });
    expect((await json('env update demo --cpu 2 --mem 256 --disk 2048 --deny-outgoing', envSchema)).denyOutgoing).toBe(
      true,
    );
    expect(
      (await vmsNow()).map(({ spec }) => ({
        cpuCount: spec.cpuCount,
        memoryMiB: spec.memoryMiB,
        diskMiB: bootDiskMiB(spec),
      })),
    ).toEqual([
      { cpuCount: 2, memoryMiB: 256, diskMiB: 2048 },
      { cpuCount: 2, memoryMiB: 256, diskMiB: 2048 },
    ]);
    const shrunk = await tt('env update demo --disk 1024');
    expect([shrunk.exitCode, codeOf(shrunk.stderr)]).toEqual([2, 'DISK_CANNOT_SHRINK']);
    expect((await json('env update demo --allow-outgoing', envSchema)).denyOutgoing).toBe(false);
  });
});

describe('env extend and shorten', () => {
  it('move the end from where it is, or count from now', async () => {
    const { env } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }], lifetimeS: 3600 });
    expect(lifetimeS(await json('env extend demo +1h', envSchema))).toBe(7200);
    expect(lifetimeS(await json('env extend demo -30m', envSchema))).toBe(5400);
    expect(lifetimeS(await json('env shorten demo 20m', envSchema))).toBe(4200);
    const end = new Date(Date.parse(env.startAt) + 3_600_000).toISOString();
    expect(await text('env shorten demo 10m')).toMatch(
      new RegExp(`^demo: running, ends in (59 min|1 h 0 min)\nend: ${end}, then delete\n$`),
    );

    const before = Date.now();
    const fromNow = await json('env extend demo 90m', envSchema);
    const leftS = (Date.parse(fromNow.endAt) - before) / 1000;
    // Between asking and answering some time goes by, at most what a test may take.
    expect([leftS >= 5400, leftS < 5420, fromNow.startAt]).toEqual([true, true, env.startAt]);
    expect(await text('env extend demo +8h --past-limit')).toMatch(/^demo: running, ends in 9 h \d+ min\n/);
  });

  it('refuse an end that is past, or too late', async () => {
    const { env } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }], lifetimeS: 3600 });
    const past = await Promise.all(
      ['env extend demo -1h', 'env shorten demo 2h', 'env extend demo 0'].map((args) => tt(args)),
    );
    for (const { exitCode, stdout, stderr } of past) {
      expect([exitCode, stdout, stderr]).toEqual([
        2,
        '',
        expect.stringMatching(/^tt: the end of demo would be \S+Z, which is in the past; /),
      ]);
    }
    const late = await tt('env extend demo +6h');
    expect([late.exitCode, codeOf(late.stderr)]).toEqual([2, 'LIFETIME_TOO_LONG']);
    expect((await tt('env extend nobody +1h')).exitCode).toBe(3);
    expect((await agent.client.env.show({ name: 'demo' })).env).toEqual(env);
  });
});

describe('env add-vm and remove-vm', () => {
  it('fill an ENV and empty it again', async () => {
    await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
    const { vms } = await json<EnvDetail>(
      'env add-vm demo --os-prefix debian --vm tiny,copies=2,mem=100',
      envDetailSchema,
    );
    expect(sizes(vms).map(([name, , memoryMiB]) => [name, memoryMiB])).toEqual([
      ['demo/tiny-2-1', 128],
      ['demo/debian-12-1', 256],
      ['demo/tiny-2-2', 100],
      ['demo/tiny-2-3', 100],
    ]);
    expect(await text('env add-vm demo --vm tiny')).toMatch(/\ndemo\/tiny-2-4 +running /);

    const dryRun = await json('env remove-vm demo --vm tiny-2-4 --os-prefix debian --dry-run', removedVmSchema);
    expect(dryRun.removed.map(({ name, why }) => [name, why])).toEqual([
      ['demo/debian-12-1', 'osPrefix'],
      ['demo/tiny-2-4', 'id'],
    ]);
    expect(await text('env kick demo --os-prefix debian --dry-run')).toBe(
      'demo/debian-12-1 would be deleted (its system)\n',
    );
    expect((await agent.client.env.show({ name: 'demo' })).vms).toHaveLength(5);
    const removal = `env remove-vm demo --vm demo/tiny-2-2 ${vms[3]?.id} --os-prefix debian`;
    expect(await json(removal, removedVmSchema)).toEqual({
      removed: [
        { id: vms[1]?.id, name: 'demo/debian-12-1', why: 'osPrefix' },
        { id: vms[2]?.id, name: 'demo/tiny-2-2', why: 'id' },
        { id: vms[3]?.id, name: 'demo/tiny-2-3', why: 'id' },
      ],
    });
    expect(await text('env kick demo --dead')).toBe('demo has no such VM\n');
    for (const [which, code] of [
      ['--os-prefix debian', 'SYSTEM_NOT_IN_ENV'],
      ['--vm tiny-2-9', 'VM_NOT_FOUND'],
    ]) {
      const strange = await tt(`env kick demo ${which}`);
      expect([strange.exitCode, codeOf(strange.stderr)]).toEqual([3, code]);
    }
    expect(await text('env kick demo --os-prefix tiny')).toBe(
      'demo/tiny-2-1 is deleted (its system)\ndemo/tiny-2-4 is deleted (its system)\n',
    );
    expect(await text('env show demo')).toMatch(/^demo: empty, ends in /);
  });

  it('remove the dead: those that failed, not those that answer', async () => {
    const { vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] });
    await agent.engine.crash(vms[0]?.id ?? '');
    await until(
      'the VM has failed',
      async () => (await agent.client.vm.show({ vmId: vms[0]?.id ?? '' })).state === 'failed',
    );
    expect(await text('env kick demo --dead')).toBe('demo/tiny-2-1 is deleted (dead)\n');
  });
});

describe('env stop and start', () => {
  it('can mean some of the machines, by name or by system, and refuse one that is not there', async () => {
    await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] });
    const states = (detail: EnvDetail) => detail.vms.map(({ state }) => state);
    expect(states(await json('env stop demo --grace 0 --vm tiny-2-2', envDetailSchema))).toEqual([
      'running',
      'stopped',
    ]);
    const strange = await tt('env start demo --vm tiny-2-9');
    expect([strange.exitCode, codeOf(strange.stderr)]).toEqual([3, 'VM_NOT_FOUND']);
    expect(states(await json('env start demo --os-prefix tiny', envDetailSchema))).toEqual(['running', 'running']);
  });
});
