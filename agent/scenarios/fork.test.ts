// Forks of a running real guest, on each storage: memory continues in each, with a new MAC, address, host name and machine id;
// one behind a fence with those of the original, beside it on one host; and a clone of an ENV that never had a snapshot. Prints
// how long a fork took.
// @module-tag deep
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EnvDetail, Vm } from '@tt/protocol';
import { type Lab, type LabHost, makeLab } from '../testing/network-lab/lab.ts';
import { startLabAgent } from '../testing/network-lab/agent.ts';
import type { GuestShell } from '../engines/guest-shell.ts';
import type { RealAgent } from '../testing/real-agent.ts';
import { until } from '../testing/until.ts';
import { describeOn, type StorageFixtureName, startAgentOn } from '../testing/storage-fixtures.ts';

/** Always a whole number for who reads it: the file appears by rename. */
const COUNTER =
  'cd /dev/shm; i=0; while :; do i=$((i+1)); echo $i >next; mv next count; sleep 0.1; done >/dev/null 2>&1 &';
/** So many that QEMU before 8.2 begins them in one sealed copy, where copies on the disk take space. */
const COPIES = 4;
const OLD_MACHINE_ID = '0123456789abcdef0123456789abcdef';

describeOn(['qcow2', 'reflink', 'zfs'], forks);

function forks(storage: StorageFixtureName): void {
  let lab: Lab;
  let host: LabHost;
  let agent: RealAgent;
  let original: Vm;
  let shell: GuestShell;
  const shells: GuestShell[] = [];

  beforeAll(async () => {
    lab = await makeLab(['a']);
    host = lab.host('a');
    agent = await startLabAgent(lab, host, ['--network', 'nat'], (options) => startAgentOn(storage, options));
    const { vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
    original = vms[0] as Vm;
    shell = await login(original);
    await shell.run(`echo ${OLD_MACHINE_ID} >/etc/machine-id; ${COUNTER} true`);
    await shell.run('until pidof qemu-ga; do sleep 0.2; done; until [ -s /dev/shm/count ]; do sleep 0.1; done');
  });
  afterAll(async () => {
    for (const open of shells) open.close();
    await lab?.remove();
  });

  async function login(vm: Vm): Promise<GuestShell> {
    const opened = await agent.shell(vm);
    shells.push(opened);
    return opened;
  }
  const facts = async (guest: GuestShell) => ({
    count: Number(await guest.run('cat /dev/shm/count')),
    boot: await guest.run('cat /proc/sys/kernel/random/boot_id'),
    mac: await guest.run('cat /sys/class/net/eth0/address'),
    address: (await guest.run("ip -4 addr show dev eth0 | sed -n 's/.*inet \\([0-9.]*\\).*/\\1/p'")).trim(),
    hostname: await guest.run('hostname'),
    machineId: await guest.run('cat /etc/machine-id'),
    random: await guest.run('head -c 16 /dev/urandom | od -An -tx1'),
  });
  const only = ({ vms }: EnvDetail): Vm => vms[0] as Vm;

  it('wakes forks where the original was, each with an identity of its own', async () => {
    // First: the kernel makes its boot id up when it is asked for.
    const before = await facts(shell);
    await agent.client.snapshot.create({ envName: 'demo', name: 'clean' });
    const started = performance.now();
    const request = { envName: 'demo', name: 'clean', newName: 'copy', copies: COPIES };
    const { envs } = await agent.client.snapshot.fork(request);
    process.stdout.write(
      `${storage}: ${COPIES} forks of a 128 MiB guest in ${Math.round(performance.now() - started)} ms\n`,
    );
    const copies = envs.map(only);
    for (const copy of copies) {
      expect([copy.name, copy.identity?.detail, copy.identity?.parts]).toEqual([
        copy.name,
        '',
        {
          mac: 'new',
          address: 'new',
          uuid: 'afterRestart',
          hostname: 'new',
          machineId: 'new',
          random: expect.stringMatching(/^(new|mixed)$/),
          clock: 'new',
          sshHostKeys: 'same',
        },
      ]);
    }
    const found = [];
    for (const copy of copies) found.push(await facts(await login(copy)));
    for (const [index, { count, boot, mac, address, hostname }] of found.entries()) {
      // The same life of the same kernel, and its program goes on counting.
      expect(boot).toBe(before.boot);
      expect(count).toBeGreaterThan(10);
      expect([mac, address]).toEqual([copies[index]?.mac, copies[index]?.ip]);
      expect(hostname).toBe(`${envs[index]?.env.name}-tiny-2-1`);
    }
    const all = [before, ...found];
    for (const part of ['mac', 'address', 'hostname', 'machineId', 'random'] as const) {
      expect([part, new Set(all.map((one) => one[part])).size]).toEqual([part, COPIES + 1]);
    }
    const later = Number(await shells.at(-1)?.run('cat /dev/shm/count'));
    expect(later).toBeGreaterThan(found.at(-1)?.count ?? 0);
    // What comes now must not wait for these.
    for (const { env } of envs) await agent.client.env.delete({ name: env.name });
  });

  it('keeps a fenced fork as the original was, beside it, with no way out', async () => {
    const { envs } = await agent.client.snapshot.fork({
      envName: 'demo',
      name: 'clean',
      newName: 'fenced',
      fenced: true,
    });
    const twin = only(envs[0] as EnvDetail);
    expect([twin.mac, twin.ip, twin.portMap]).toEqual([original.mac, original.ip, []]);
    const guest = await login(twin);
    const now = await facts(guest);
    expect([now.mac, now.address, now.machineId]).toEqual([original.mac, original.ip, OLD_MACHINE_ID]);
    const gateway = (original.ip ?? '').replace(/\.\d+$/, '.1');
    const pings = (from: GuestShell, address: string) =>
      from.run(`ping -c 1 -W 2 ${address} >/dev/null && echo yes || echo no`);
    const reaches = (from: GuestShell) =>
      until('it reaches its gateway', async () => (await pings(from, gateway)) === 'yes', 20_000);
    await Promise.all([reaches(guest), reaches(shell)]);
    // The host itself, by an address that the original reaches.
    expect([await pings(guest, lab.outside.address), await pings(shell, lab.outside.address)]).toEqual(['no', 'yes']);
    await agent.client.env.delete({ name: 'fenced' });
    expect(await pings(shell, gateway)).toBe('yes');
  });
}
