// Proved with packets: ports of guests on a host's address, reachable from everywhere they should be, on ports nobody else has;
// guests' own addresses and names, and their outgoing connections. Real guests, and hosts made of network namespaces.
// @module-tag real
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Lab, type LabHost, makeLab } from '../testing/network-lab/lab.ts';
import { startLabAgent } from '../testing/network-lab/agent.ts';
import { LabGuest } from '../testing/network-lab/guest.ts';
import { LabProbe } from '../testing/network-lab/probe.ts';
import { type HostState, hostStateOf } from '../testing/host-state.ts';
import type { RealAgent } from '../testing/real-agent.ts';

const name = 'demo';
/** Guest ports. */
const [GREETING, ECHO, LATER] = [7000, 7001, 7002];
/** A range so small that the agent comes to every port in use. */
const [FIRST, LAST] = [31_000, 31_015];

/** null: only on the host's own address. */
const IN_USE = [
  ['udp', FIRST, '0.0.0.0'],
  ['tcp', FIRST + 1, '0.0.0.0'],
  ['tcp', FIRST + 2, '127.0.0.1'],
  ['tcp', FIRST + 3, null],
  ['tcp', FIRST + 4, '::'],
  ['udp', FIRST + 4, '127.0.0.1'],
] as const;

let lab: Lab;
let host: LabHost;
let before: HostState;
let agent: RealAgent;
let onHost: LabProbe;
let outside: LabProbe;
let elsewhere: LabProbe;
let one: LabGuest;
let two: LabGuest;

beforeAll(async () => {
  lab = await makeLab(['a', 'b']);
  host = lab.host('a');
  [onHost, outside, elsewhere] = (await Promise.all(
    [host, lab.outside, lab.host('b')].map((place) => LabProbe.start(lab, place)),
  )) as [LabProbe, LabProbe, LabProbe];
  for (const [protocol, port, address] of IN_USE) await onHost.listen(protocol, port, address ?? host.address);
  await outside.listen('tcp', 80);
  before = await hostStateOf(host);
  const range = ['--first-port', String(FIRST), '--last-port', String(LAST)];
  agent = await startLabAgent(lab, host, ['--network', 'nat', ...range]);
  const ports = [
    { protocol: 'tcp' as const, guestPort: GREETING },
    { protocol: 'udp' as const, guestPort: ECHO },
  ];
  const { vms } = await agent.client.env.create({ name, groups: [{ osPrefix: 'tiny', copies: 2, ports }] });
  [one, two] = (await LabGuest.loginAll(agent, vms)) as [LabGuest, LabGuest];
  await Promise.all([one, two].map((guest) => guest.serveTcp(GREETING, LATER)));
  await Promise.all([one, two].map((guest) => guest.serveUdp(ECHO)));
});
afterAll(() => lab?.remove());

it('gives no port to guests that something on the host listens on', async () => {
  const given = [one, two].flatMap(({ vm }) => vm.portMap.map(({ protocol, hostPort }) => `${protocol} ${hostPort}`));
  expect(new Set(given).size).toBe(6);
  for (const [protocol, port] of IN_USE) expect(given).not.toContain(`${protocol} ${port}`);
  for (const { vm } of [one, two]) for (const port of vm.portMap) expect(port.hostAddress).toBe(host.address);
  // More than are left: refused, nothing is changed, and those who listen are still reached.
  const wanted = Array.from({ length: LAST - FIRST }, (_, index) => ({
    protocol: 'tcp' as const,
    guestPort: 9000 + index,
  }));
  await expect(agent.client.vm.update({ vmId: one.vm.id, ports: wanted })).rejects.toMatchObject({
    code: 'PORTS_EXHAUSTED',
  });
  expect((await agent.client.vm.show({ vmId: one.vm.id })).portMap).toEqual(one.vm.portMap);
  expect(await outside.ask('tcp', host.address, FIRST + 3)).toBe(`a:${FIRST + 3} ${lab.outside.address}`);
});

it.each([
  ['outside', () => outside],
  ['another host', () => elsewhere],
  ['the host itself', () => onHost],
])('leads from %s to ssh, a TCP and a UDP port of each guest', async (_, from) => {
  for (const guest of [one, two]) {
    const { address } = host;
    expect(await from().ask('tcp', address, guest.hostPort('tcp', 22))).toMatch(/^SSH-2\.0-dropbear/);
    expect(await from().ask('tcp', address, guest.hostPort('tcp', GREETING))).toBe(guest.vm.name);
    expect(await from().ask('udp', address, guest.hostPort('udp', ECHO))).toBe('?');
  }
});

it('leads guests to public ports of neighbours too', async () => {
  expect(await one.ask(host.address, two.hostPort('tcp', GREETING))).toBe(two.vm.name);
  expect(await two.ask(host.address, one.hostPort('tcp', 22))).toMatch(/^SSH-2\.0-dropbear/);
});

it('gives guests the addresses the API tells, and the names of their neighbours', async () => {
  for (const guest of [one, two]) expect(await guest.address('eth0')).toBe(`${guest.ip}/24`);
  expect(await one.run('hostname')).toBe('tiny-2-1');
  for (const [guest, neighbour, label] of [
    [one, two, 'tiny-2-2'],
    [two, one, 'tiny-2-1'],
  ] as const) {
    expect(await guest.resolve(`${label}.${name}.tt`)).toBe(neighbour.ip);
    expect(await guest.pings(label)).toBe(true);
    expect(await guest.ask(label, GREETING)).toBe(neighbour.vm.name);
  }
  expect(await one.resolve(`nobody.${name}.tt`)).toBeNull();
});

it('lets guests out with the address of the host', async () => {
  for (const guest of [one, two]) {
    expect(await guest.ask(lab.outside.address, 80)).toBe(`outside:80 ${host.address}`);
    expect(await guest.pings(lab.outside.address)).toBe(true);
  }
});

it('replaces ports of running guests: when the call has answered the old one is closed and the new one open', async () => {
  const [oldTcp, oldUdp] = [one.hostPort('tcp', GREETING), one.hostPort('udp', ECHO)];
  const open = await outside.open(host.address, oldTcp);
  await agent.client.env.update({ name, vms: { ports: [{ protocol: 'tcp', guestPort: LATER }] } });
  const reached = await Promise.all([
    outside.ask('tcp', host.address, oldTcp, 'silence'),
    onHost.ask('tcp', host.address, oldTcp, 'silence'),
    outside.ask('udp', host.address, oldUdp, 'silence'),
  ]);
  expect(reached).toEqual([null, null, null]);
  const { vms } = await agent.client.env.show({ name });
  for (const vm of vms) {
    expect(vm.portMap.map(({ protocol, guestPort }) => `${protocol} ${guestPort}`)).toEqual(['tcp 22', `tcp ${LATER}`]);
    const [ssh = 0, later = 0] = vm.portMap.map(({ hostPort }) => hostPort);
    expect(await outside.ask('tcp', host.address, later)).toBe(vm.name);
    // Ports that stay keep their number.
    expect(ssh).toBe([one, two].find((guest) => guest.vm.id === vm.id)?.hostPort('tcp', 22));
  }
  expect(await open()).toBe('?');
});

it('leaves nothing of an ENV that is deleted, and of the firewall only what has no VM in it', async () => {
  for (const guest of [one, two]) guest.close();
  await agent.client.env.delete({ name });
  await agent.kill('SIGTERM');
  await expect.poll(async () => withoutTable(await hostStateOf(host)), { timeout: 15_000 }).toEqual(before);
});

/** The firewall's table stays, for the next agent; elements in it would be of VMs. */
function withoutTable(state: HostState): HostState {
  const { ruleset } = state;
  const elements = (ruleset.match(/elements = \{[^}]*\}/g) ?? []).filter(
    (text) => !/^elements = \{ \d+-\d+ \}$/.test(text),
  );
  const tables = ruleset.match(/^table .*$/gm) ?? [];
  return { ...state, ruleset: tables.length === 1 ? elements.join('\n') : ruleset };
}
