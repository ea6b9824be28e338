// An agent without root, as a desktop's or a shared server's is: machines of one ENV see each other over its switch, from the first
// ping and through all that is done with them; and nothing is left of it when the ENVs are deleted. Real guests.
// @module-tag long
import { access, readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EnvDetail, Vm } from '@tt/protocol';
import type { GuestShell } from '../engines/guest-shell.ts';
import { identifyProcess, isRunning, signalProcess } from '../host/process-identity.ts';
import { SwitchProcess } from '../network/switch/switch-process.ts';
import { NO_LEFTOVERS, type RealAgent, startRealAgent } from '../testing/real-agent.ts';
import { until } from '../testing/until.ts';

/** Of nobody. */
const UID = 64_321;
const isRoot = process.getuid?.() === 0;
/** Emulated guests on a busy machine. */
const TIMEOUT_MS = 120_000;

interface Guest {
  vm: Vm;
  shell: GuestShell;
}

let agent: RealAgent;
const shells: GuestShell[] = [];

beforeAll(async () => {
  agent = await startRealAgent({ flags: ['--network', 'auto'], ...(isRoot && { uid: UID }) });
});
afterAll(async () => {
  for (const shell of shells) shell.close();
  await agent?.kill('SIGKILL');
  await switches().end();
  await agent?.remove();
});

/** As the agent finds them. */
function switches(): SwitchProcess {
  return new SwitchProcess({ directory: path.join(agent.home, 'switch'), command: ['none'] });
}

async function login(vms: readonly Vm[]): Promise<[Guest, Guest]> {
  const guests = await Promise.all(
    vms.map(async (vm) => {
      const shell = await agent.shell(vm, TIMEOUT_MS);
      shells.push(shell);
      return { vm, shell };
    }),
  );
  const [one, other] = guests;
  if (!one || !other) throw new Error('two machines run');
  return [one, other];
}

const vmsOf = async (envName: string) => (await agent.client.env.show({ name: envName })).vms;
const pings = async ({ shell }: Guest, to: string, waitS = 5) =>
  (await shell.run(`ping -c 1 -W ${waitS} ${to} >/dev/null 2>&1 && echo yes || echo no`)) === 'yes';

async function seeEachOther([one, other]: readonly [Guest, Guest]): Promise<void> {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    const name = await to.shell.run('hostname');
    await until(`${from.vm.name} sees ${name}`, () => pings(from, name), TIMEOUT_MS);
    expect(await from.shell.run(`ping -c 1 -W 5 ${name}`)).toContain(`(${to.vm.ip})`);
  }
}

let guests: [Guest, Guest];

it('gives machines of an ENV names and addresses that the others reach', async () => {
  const { networks } = await agent.client.host.show();
  expect(networks[0]).toEqual({ kind: 'switch', problem: null });
  const { vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] });
  expect(vms.map(({ netKind }) => netKind)).toEqual(['switch', 'switch']);
  guests = await login(vms);
  await seeEachOther(guests);
  expect(await pings(guests[0], gatewayOf(guests[0].vm))).toBe(true);
});

it('goes on so after a revert', async () => {
  await guests[0].shell.run('echo before >/dev/shm/mark');
  await agent.client.snapshot.create({ envName: 'demo', name: 'ripe' });
  await guests[0].shell.run('echo after >/dev/shm/mark');
  await agent.client.snapshot.revert({ envName: 'demo', name: 'ripe' });
  guests = await login(await vmsOf('demo'));
  expect(await guests[0].shell.run('cat /dev/shm/mark')).toBe('before');
  await seeEachOther(guests);
});

it('keeps a fork beside it apart', async () => {
  const { envs } = await agent.client.snapshot.fork({ envName: 'demo', name: 'ripe', newName: 'copy' });
  const { vms } = envs[0] as EnvDetail;
  const copies = await login(vms);
  expect(new Set([...vms, ...guests.map(({ vm }) => vm)].map(({ ip }) => ip)).size).toBe(4);
  expect(await copies[0].shell.run('cat /dev/shm/mark')).toBe('before');
  await seeEachOther(copies);
  await seeEachOther(guests);
  expect(await pings(copies[0], guests[0].vm.ip ?? '', 2)).toBe(false);
  await agent.client.env.delete({ name: 'copy' });
});

it('keeps a fenced fork apart, with the same addresses', async () => {
  const { envs } = await agent.client.snapshot.fork({
    envName: 'demo',
    name: 'ripe',
    newName: 'fenced',
    fenced: true,
  });
  const { vms } = envs[0] as EnvDetail;
  expect(vms.map(({ ip, mac }) => [ip, mac])).toEqual(guests.map(({ vm }) => [vm.ip, vm.mac]));
  const twins = await login(vms);
  await seeEachOther(twins);
  // Without its own twin it reaches nobody of that name and address: the original is not its neighbour.
  await agent.client.vm.stop({ vmId: twins[1].vm.id, graceS: 0 });
  expect(await pings(twins[0], twins[1].vm.ip ?? '', 2)).toBe(false);
  await seeEachOther(guests);
  await agent.client.env.delete({ name: 'fenced' });
});

it('is back after the switch was killed, with nothing done by the guests', async () => {
  const before = await switches().run();
  const identity = await identifyProcess(Number.parseInt(before ?? '', 10));
  if (!identity) throw new Error('no switch runs');
  await signalProcess(identity, 'SIGKILL');
  await until(
    'another one runs',
    async () => {
      const now = await switches().run();
      return now !== null && now !== before;
    },
    TIMEOUT_MS,
  );
  await seeEachOther(guests);
});

it('keeps its switch over a restart of the agent', async () => {
  const before = await switches().run();
  await agent.kill('SIGKILL');
  await seeEachOther(guests);
  agent = await agent.restart();
  expect(await switches().run()).toBe(before);
  await seeEachOther(guests);
});

it('leaves nothing', async () => {
  const run = await switches().run();
  const identity = await identifyProcess(Number.parseInt(run ?? '', 10));
  await agent.client.env.delete({ name: 'demo' });
  expect(await agent.leftovers()).toEqual(NO_LEFTOVERS);
  expect(await readdir(path.join(agent.home, 'switch', 'networks'))).toEqual([]);
  expect(await switches().run()).toBeNull();
  expect(identity && (await isRunning(identity))).toBe(false);
  await expect(access(path.join(agent.home, 'switch', 'control.sock'))).rejects.toMatchObject({ code: 'ENOENT' });
});

function gatewayOf({ ip }: Vm): string {
  return (ip ?? '').replace(/\d+$/, '1');
}
