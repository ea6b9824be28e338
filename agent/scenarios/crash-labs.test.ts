// The agent is killed by SIGKILL while it publishes, and while a session's disk is renewed. After the next start the base is the
// old one or the new one, complete; nothing unknown remains; sessions start clean. Run by hand: it boots many guests.
// @module-tag long
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type RealAgent, startRealAgent } from '../testing/real-agent.ts';
import { until } from '../testing/until.ts';

const TIMEOUT_MS = 600_000;

async function scene(dieAt: string): Promise<RealAgent> {
  const agent = await startRealAgent({ dieAt });
  await agent.client.profile.create({ name: 'office', image: 'tiny' });
  await agent.client.lab.create({ name: 'room', profileNames: ['office'] });
  return agent;
}

const start = (agent: RealAgent) => agent.client.lab.startSession({ name: 'room' });
const bases = async (agent: RealAgent) => (await readdir(path.join(agent.home, 'bases'), { recursive: true })).sort();

async function inGuest(agent: RealAgent, vmId: string | null | undefined, command: string): Promise<string> {
  const shell = await agent.shell(await agent.client.vm.show({ vmId: vmId ?? '' }));
  const text = await shell.run(command);
  shell.close();
  return text.trim();
}

describe('killed while it publishes', () => {
  it.each([
    { dieAt: 'admin stopped', version: 1, isOpen: true },
    { dieAt: 'base in place', version: 1, isOpen: true },
    { dieAt: 'version written', version: 2, isOpen: false },
  ])(
    'at “$dieAt”: version $version, and nothing half',
    async ({ dieAt, version, isOpen }) => {
      let agent = await scene(dieAt);
      const { vms, env } = await agent.client.profile.openAdmin({ name: 'office' });
      await inGuest(agent, vms[0]?.id, 'echo pear > /root/pear; sync');
      await agent.arm();
      agent.client.profile.publish({ name: 'office', graceS: 120 }).catch(() => {});
      expect(await agent.died()).toBe(true);
      agent = await agent.restart();
      expect((await agent.client.profile.show({ name: 'office' })).version).toBe(version);
      expect((await agent.client.env.list()).envs.map(({ name }) => name)).toEqual(isOpen ? [env.name] : []);
      expect((await bases(agent)).filter((name) => /\/v\d/.test(name) && !name.includes('/v2/'))).toEqual(
        version === 2 ? ['office/v2'] : [],
      );
      if (isOpen) await agent.client.profile.publish({ name: 'office', graceS: 120 });
      const session = await start(agent);
      expect([session.version, await inGuest(agent, session.vmId, 'ls /root')]).toEqual([2, 'pear']);
      await agent.client.lab.stopSession({ name: 'room', sessionName: session.sessionName });
      expect(await agent.leftovers()).toMatchObject({ disks: [], guests: [] });
      await agent.remove();
    },
    TIMEOUT_MS,
  );
});

it.each(['halted', 'writes dropped', 'old writes'])(
  'killed at “%s” of a session, it begins clean',
  async (dieAt) => {
    let agent = await scene(dieAt);
    const session = await start(agent);
    const { vmId, envName } = session;
    await inGuest(agent, vmId, 'echo apple > /root/apple; sync');
    if (dieAt === 'old writes') await inGuest(agent, vmId, 'poweroff').catch(() => '');
    if (dieAt === 'old writes') {
      await until(
        'it is off',
        async () => (await agent.client.vm.show({ vmId: vmId ?? '' })).state === 'stopped',
        60_000,
      );
    }
    await agent.arm();
    const act =
      dieAt === 'old writes'
        ? agent.client.vm.start({ vmId: vmId ?? '' })
        : agent.client.env.stop({ name: envName, graceS: 0 });
    act.catch(() => {});
    expect(await agent.died()).toBe(true);
    agent = await agent.restart();
    await until(
      'its state is known',
      async () => (await agent.client.vm.show({ vmId: vmId ?? '' })).state === 'stopped',
    );
    await agent.client.vm.start({ vmId: vmId ?? '' });
    expect(await inGuest(agent, vmId, 'ls /root')).toBe('');
    await agent.remove();
  },
  TIMEOUT_MS,
);

it(
  'what a guest wrote that powered off by itself is thrown away without a start',
  async () => {
    const agent = await scene('never');
    const { vmId } = await start(agent);
    await inGuest(agent, vmId, 'dd if=/dev/urandom of=/root/noise bs=1M count=8 2>/dev/null; sync');
    const disk = path.join(agent.home, 'disks', vmId ?? '', 'disk.qcow2');
    const sizeOf = async () => (await stat(disk).catch(() => null))?.blocks ?? 0;
    const before = await sizeOf();
    await inGuest(agent, vmId, 'poweroff').catch(() => '');
    await until('it is a fresh overlay', async () => (await sizeOf()) > 0 && (await sizeOf()) < before / 4, 90_000);
    await agent.remove();
  },
  TIMEOUT_MS,
);
