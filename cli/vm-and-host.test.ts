// `tt vm ...`, `tt top`, `tt me`, `tt firewall` and `tt status --server`: one VM, and what the host tells. Each command with and
// without --json, against a test agent with the fake engine.
import path from 'node:path';
import { type Host, bootDiskMiB, hostSchema, meSchema, metricsSchema, vmSchema } from '@tt/protocol';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { spawnProcess } from '../agent/host/run-command.ts';
import type { TestAgent } from '../agent/testing/in-process-agent.ts';
import { until } from '../agent/testing/until.ts';
import { type TestTt, codeOf, sizes, startTestTt, ttMain } from './test-tt.ts';

const vmsSchema = z.object({ vms: z.array(vmSchema) });
const firewallSchema = z.object({ drivers: z.array(z.object({ name: z.string(), text: z.string() })) });

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

describe('vm', () => {
  it('shows, stops, changes, starts, resets and deletes one, by its name or id', async () => {
    const { vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] });
    const other = await agent.client.env.create({ name: 'other', groups: [{ osPrefix: 'debian' }] });
    expect(await json('vm list', vmsSchema)).toEqual({ vms: [...vms, ...other.vms] });
    expect(await json('vm list demo', vmsSchema)).toEqual({ vms });
    expect((await text('vm list other')).split('\n')).toEqual([
      expect.stringMatching(/^VM +STATE +GUEST +IMAGE +CPU +MEM MIB +PORTS$/),
      expect.stringMatching(/^other\/debian-12-1 +running +booting +qemu:debian-12:default +1 +256 +22=127/),
      '',
    ]);
    const [id, port] = [vms[0]?.id, vms[0]?.portMap[0]?.hostPort];
    expect(await json('vm show demo/tiny-2-1', vmSchema)).toEqual(vms[0]);
    expect(await text(`vm show ${id}`)).toBe(
      [
        'demo/tiny-2-1: running',
        'guest:     booting',
        `id:        ${id}`,
        'image:     qemu:tiny-2:default, fake, tcg',
        'size:      1 cpu, 128 MiB memory, 1024 MiB disk',
        `nic:       user ${vms[0]?.mac} -`,
        `ports:     22=127.0.0.2:${port}`,
        'blacklist: -',
        '',
      ].join('\n'),
    );
    expect(await text('vm reset demo/tiny-2-1')).toMatch(/^demo\/tiny-2-1: running\n/);
    expect(await text('vm pause demo/tiny-2-1')).toMatch(/^demo\/tiny-2-1: paused\nguest: +-\n/);
    expect((await json(`vm resume ${id}`, vmSchema)).state).toBe('running');
    expect((await json('vm stop demo/tiny-2-1 --grace 0', vmSchema)).state).toBe('stopped');
    const changed = await json(`vm update ${id} --cpu 2 --mem 96 --disk 2048 --vm-port 53/udp`, vmSchema);
    expect([sizes([changed]), bootDiskMiB(changed.spec)]).toEqual([[['demo/tiny-2-1', 2, 96, '22/tcp 53/udp']], 2048]);
    expect(await text('vm start demo/tiny-2-1')).toContain('size:      2 cpu, 96 MiB memory, 2048 MiB disk\n');
    expect((await json(`vm reset ${id}`, vmSchema)).state).toBe('running');
    expect(await text(`vm stop ${id} --grace 0`)).toMatch(/^demo\/tiny-2-1: stopped\n/);
    expect((await json('vm start demo/tiny-2-1', vmSchema)).state).toBe('running');
    expect(await text('vm update demo/tiny-2-1 --vm-port=')).toContain(`ports:     22=127.0.0.2:${port}\n`);
    expect(await json('vm del demo/tiny-2-1', z.object({ id: z.string() }))).toEqual({ id });
    expect(await text('vm del demo/tiny-2-2')).toBe('demo/tiny-2-2 is deleted\n');
    expect(await json('vm list demo', vmsSchema)).toEqual({ vms: [] });
  });

  it('ends with 3 for a VM that is not there, 4 for one that can’t do it now', async () => {
    await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
    const families: [args: string, exitCode: number, code: string][] = [
      ['vm show demo/tiny-2-2', 3, 'VM_NOT_FOUND'],
      ['vm show demmo/tiny-2-1', 3, 'ENV_NOT_FOUND'],
      ['vm del nobody', 3, 'VM_NOT_FOUND'],
      ['vm list nobody', 3, 'ENV_NOT_FOUND'],
      ['vm start demo/tiny-2-1', 4, 'VM_ALREADY_RUNNING'],
      ['vm update demo/tiny-2-1 --cpu 2', 4, 'VM_MUST_BE_STOPPED'],
    ];
    const ended = await Promise.all(families.map(([args]) => tt(args)));
    expect(ended.map(({ exitCode, stdout, stderr }) => [exitCode, stdout, codeOf(stderr)])).toEqual(
      families.map(([, exitCode, code]) => [exitCode, '', code]),
    );
  });
});

describe('what the host tells', () => {
  it('is capacity and drivers, who asks and how much they use, and the rules in force', async () => {
    await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2, cpuCount: 2 }] });
    const [host, server, me, meText, firewall, firewallText] = await Promise.all([
      json<Host>('status --server', hostSchema.extend({ systems: z.array(z.string()) })),
      text('status --server'),
      json('me', meSchema),
      text('me'),
      json('firewall', firewallSchema),
      text('firewall'),
    ]);
    for (const line of [
      `cpu:      4 of ${host.cpu.limit} allocated, ${host.cpu.total} in the machine`,
      `firewall: ${host.firewall}`,
      `cgroups:  ${host.cgroups.kind}, the fake driver limits nothing`,
      `ports:    2 used of ${host.ports.first} to ${host.ports.last}`,
    ]) {
      expect(server.split('\n')).toContain(line);
    }
    const quota = { envs: null, vms: null, cpuCount: null, memoryMiB: null, diskMiB: null, storedMiB: null };
    const used = { envs: 1, vms: 2, cpuCount: 4, memoryMiB: 256, diskMiB: 2048, storedMiB: 0 };
    const stored = {
      diskMiB: 0,
      snapshotMiB: 0,
      imageMiB: 0,
      transferMiB: 0,
      measuredAt: expect.any(String) as string,
    };
    expect(me).toEqual({ name: 'local', role: 'admin', quota, used, stored, limits: expect.anything(), teams: [] });
    expect([me.limits.envs, me.limits.vms, me.limits.labs]).toEqual([
      { used: 1, total: 500 },
      { used: 2, total: 5000 },
      { used: 0, total: 200 },
    ]);
    expect(meText.split('\n')).toEqual([
      'local: admin',
      'RESOURCE    USED  QUOTA',
      'ENVs        1     no limit',
      'VMs         2     no limit',
      'cpu         4     no limit',
      'memory MiB  256   no limit',
      'disk MiB    2048  no limit',
      'stored MiB  0     no limit',
      'stored MiB: disks 0, snapshots 0, images 0, transfers 0',
      '',
      expect.stringMatching(/^RECORDS +USED +LIMIT$/),
      expect.stringMatching(/^ENVs +1 +500$/),
      expect.stringMatching(/^VMs +2 +5000$/),
      expect.stringMatching(/^snapshots +0 +2000$/),
      expect.stringMatching(/^images +0 +200$/),
      expect.stringMatching(/^labs +0 +200$/),
      expect.stringMatching(/^terminals of labs +0 +2000$/),
      expect.stringMatching(/^profiles +0 +200$/),
      expect.stringMatching(/^templates +0 +200$/),
      expect.stringMatching(/^text in .* \(KiB\) +\d+ +16384$/),
      '',
    ]);
    expect(firewall.drivers.map(({ name }) => name).join('+')).toBe(host.firewall);
    for (const { name, text: rules } of firewall.drivers)
      expect(firewallText).toContain(`# ${name}\n${rules.trimEnd()}\n`);
  });

  it('is what VMs use: of one ENV or all', async () => {
    const { vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] });
    await agent.client.env.create({ name: 'other', groups: [{ osPrefix: 'debian' }] });
    await until('all three are measured', async () => (await agent.client.host.metrics()).vms.length === 3);
    expect((await json('top', metricsSchema)).vms).toHaveLength(3);
    expect((await json('top demo', metricsSchema)).vms.map(({ vmId }) => vmId).sort()).toEqual(
      vms.map(({ id }) => id).sort(),
    );
    const lines = (await text('top other')).split('\n');
    expect(lines).toEqual([
      expect.stringMatching(/^VM +CPU +MEMORY +PSS +DISK READ +DISK WRITE +NET IN +NET OUT$/),
      expect.stringMatching(/^other\/debian-12-1 +[\d.]+ % +\S+ [MG]iB +\S+/),
      '',
    ]);
    const nobody = await tt('top nobody');
    expect([nobody.exitCode, codeOf(nobody.stderr)]).toEqual([3, 'ENV_NOT_FOUND']);
    expect((await tt('top nobody --follow')).exitCode).toBe(3);
  });

  it('is told again each second with --follow, until Ctrl-C', async () => {
    const { vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
    for (const flags of [[], ['--json']]) {
      const file = path.join(running.emptyHome, `top${flags.join('')}`);
      const out = await open(file, 'w');
      const child = await spawnProcess(process.execPath, [ttMain, 'top', 'demo', '--follow', ...flags], {
        detached: false,
        env: { TT_HOME: agent.home },
        stdoutFd: out.fd,
      });
      const ended = once(child, 'exit');
      const printed = async () => (await readFile(file, 'utf8')).split('\n').slice(0, -1);
      const wanted = (line: string) =>
        flags.length > 0 ? line.includes(vms[0]?.id ?? '') : line.startsWith('demo/tiny-2-1 ');
      await until('it has printed two metrics', async () => (await printed()).filter(wanted).length >= 2, 15_000);
      child.kill('SIGINT');
      const [exitCode] = await ended;
      await out.close();
      expect([flags, exitCode]).toEqual([flags, 0]);
      if (flags.length > 0) for (const line of await printed()) metricsSchema.parse(JSON.parse(line));
    }
  });
});
