// Real guests that wake from a warm image, on each storage and behind both kinds of networks it serves: they go on where the saved guest
// was, and share no secret. Prints how long they took beside a boot in the same run.
// @module-tag long
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EnvDetail, Vm } from '@tt/protocol';
import type { GuestShell } from '../engines/guest-shell.ts';
import { startLabAgent } from '../testing/network-lab/agent.ts';
import { type Lab, makeLab } from '../testing/network-lab/lab.ts';
import { firstNumbers, haveOneSecret } from '../testing/network-lab/sequence-numbers.ts';
import type { RealAgent } from '../testing/real-agent.ts';
import { describeOn, startAgentOn, type StorageFixtureName } from '../testing/storage-fixtures.ts';
import { until } from '../testing/until.ts';

const IMAGE = 'qemu:tiny-2:default';
/** The DHCP client of the guest, with its options. */
const DHCP_CLIENT = "tr '\\0' ' ' </proc/$(pidof udhcpc | cut -d ' ' -f 1)/cmdline";

describeOn(['qcow2', 'reflink', 'zfs'], warmGuests);

function warmGuests(storage: StorageFixtureName): void {
  let lab: Lab;
  let agent: RealAgent;
  const shells: GuestShell[] = [];

  beforeAll(async () => {
    lab = await makeLab(['a']);
    agent = await startLabAgent(lab, lab.host('a'), ['--network', 'nat'], (options) => startAgentOn(storage, options));
    await agent.client.image.warm({ name: IMAGE });
  });
  afterAll(async () => {
    for (const open of shells) open.close();
    await lab?.remove();
  });

  const login = async (vm: Vm) => {
    const shell = await agent.shell(vm);
    shells.push(shell);
    return shell;
  };
  const create = async (name: string, group: object = {}, about: object = {}) => {
    const begun = performance.now();
    const detail = await agent.client.env.create({ name, groups: [{ osPrefix: 'tiny', ...group }], ...about });
    return { detail, ms: performance.now() - begun };
  };
  /** For who reads a failure. */
  const whatFailed = async () =>
    (await agent.log())
      .split('\n')
      .filter((line) => /did not wake|did not get an identity/.test(line))
      .join('\n');
  const only = ({ vms }: EnvDetail): Vm => vms[0] as Vm;
  const answers = async (name: string) => {
    const begun = performance.now();
    await until(
      `the guest of ${name} answers`,
      async () => {
        const { removed } = await agent.client.env.removeVms({ name, dead: true, dryRun: true });
        return removed.length === 0;
      },
      120_000,
    );
    return performance.now() - begun;
  };
  const facts = async (guest: GuestShell) => ({
    mac: await guest.run('cat /sys/class/net/eth0/address'),
    address: (await guest.run("ip -4 addr show dev eth0 | sed -n 's/.*inet \\([0-9.]*\\).*/\\1/p'")).trim(),
    hostname: await guest.run('hostname'),
    machineId: await guest.run('cat /etc/machine-id 2>/dev/null || cat /proc/sys/kernel/random/uuid'),
    random: await guest.run('head -c 16 /dev/urandom | od -An -tx1'),
    kernelRandom: await guest.run('cat /proc/sys/kernel/random/uuid'),
    hostKey: await guest.run('dropbearkey -y -f /etc/dropbear/dropbear_ed25519_host_key | grep ^ssh-'),
    // As its server shows it to whoever connects, and as it is in the file.
    shownKey: await guest.run(
      "DROPBEAR_PASSWORD=tt dbclient -T -y root@127.0.0.1 true </dev/null 2>&1 | grep -o 'SHA256:[A-Za-z0-9+/]*'",
    ),
    keyInFile: await guest.run(
      "dropbearkey -y -f /etc/dropbear/dropbear_ed25519_host_key | grep -o 'SHA256:[A-Za-z0-9+/]*'",
    ),
    clock: Number(await guest.run('date +%s')),
    client: await guest.run(DHCP_CLIENT),
  });

  it('share no secret, whatever their network is', async () => {
    const made = [await create('one'), await create('two'), await create('three', { nics: [{ kind: 'user' }] })];
    const vms = made.map(({ detail }) => only(detail));
    expect(
      vms.map(({ origin, identity }) => [origin?.how, origin?.reason, identity]),
      await whatFailed(),
    ).toEqual(vms.map(() => ['woken', null, null]));
    const found = [];
    for (const vm of vms) found.push(await facts(await login(vm)));
    for (const [index, one] of found.entries()) {
      expect([one.mac, one.hostname]).toEqual([vms[index]?.mac, 'tiny-2-1']);
      expect(one.shownKey).toMatch(/SHA256:/);
      expect(one.shownKey).toBe(one.keyInFile);
      expect(Math.abs(one.clock - Date.now() / 1000)).toBeLessThan(60);
    }
    // Their DHCP client ids are their MACs, as nothing else was asked for.
    for (const { client } of found) expect(client).toMatch(/^udhcpc (?!.*(-x 0?x?3d|-C|--clientid))/);
    expect(found.map(({ address }) => address)).toEqual([vms[0]?.ip, vms[1]?.ip, '10.0.2.15']);
    for (const part of ['mac', 'machineId', 'random', 'kernelRandom', 'hostKey'] as const) {
      expect([part, new Set(found.map((one) => one[part])).size]).toEqual([part, found.length]);
    }
    // The way out is open.
    expect(await shells[0]?.run('pidof dropbear >/dev/null && echo runs')).toBe('runs');
    // Behind a bridge their packets can be seen; behind QEMU's own networking, QEMU alone sees them.
    const numbers = [];
    for (const index of [0, 1]) {
      const [guest, vm] = [shells[index] as GuestShell, vms[index] as Vm];
      const gateway = (vm.ip ?? '').replace(/\.\d+$/, '.1');
      expect(await guest.run(`ping -c 1 -W 5 ${gateway} >/dev/null && echo yes || echo no`)).toBe('yes');
      numbers.push(await firstNumbers(lab.host('a'), gateway, guest));
    }
    const [one = [], two = []] = numbers;
    expect([one.length, two.length, haveOneSecret(one, two)]).toEqual([4, 4, false]);
    for (const name of ['one', 'two', 'three']) await agent.client.env.delete({ name });
  });

  it('say how they began, and boot where that is asked for', async () => {
    const woken = await create('woken');
    const wokenMs = woken.ms + (await answers('woken'));
    const booted = await create('booted', {}, { cold: true });
    const bootedMs = booted.ms + (await answers('booted'));
    expect([only(woken.detail).origin?.how, only(booted.detail).origin]).toEqual([
      'woken',
      { how: 'booted', ms: null, reason: 'asked' },
    ]);
    process.stdout.write(
      `${storage}: call to a guest that answers: ${Math.round(wokenMs)} ms woken (${only(woken.detail).origin?.ms} ms of it awake), ${Math.round(bootedMs)} ms booted\n`,
    );
  });
}
