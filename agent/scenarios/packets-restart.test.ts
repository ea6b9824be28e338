// Proved with packets: rules, addresses and open connections survive when the agent is killed; a host that lost all of them (a
// reboot) gets them back; and changes by others are corrected and reported. Real guests.
// @module-tag deep
import { afterAll, beforeAll, expect, it } from 'vitest';
import { identifyProcess, signalProcess } from '../host/process-identity.ts';
import { type Lab, type LabHost, makeLab } from '../testing/network-lab/lab.ts';
import { startLabAgent } from '../testing/network-lab/agent.ts';
import { LabGuest } from '../testing/network-lab/guest.ts';
import { LabProbe } from '../testing/network-lab/probe.ts';
import { processesOf, type HostState, hostStateOf } from '../testing/host-state.ts';
import type { RealAgent } from '../testing/real-agent.ts';
import { until } from '../testing/until.ts';

const GREETING = 7000;
/** A further address of `outside` (RFC 5737). */
const LONE = '192.0.2.7';
/** The agent looks every 30 s whether all is as it should be. */
const REPAIR_MS = 40_000;

let lab: Lab;
let host: LabHost;
let before: HostState;
let agent: RealAgent;
let outside: LabProbe;
/** May not open anything outside. */
let shut: LabGuest;
/** May, but not to {@link LONE}. */
let picky: LabGuest;
/** TCP connections that stay open: from outside to each guest. */
let open: (() => Promise<string | null>)[];

beforeAll(async () => {
  lab = await makeLab(['a']);
  host = lab.host('a');
  await lab.outside.exec('ip', ['address', 'add', `${LONE}/32`, 'dev', 'lo']);
  outside = await LabProbe.start(lab, lab.outside);
  await outside.listen('tcp', 80);
  before = await hostStateOf(host);
  agent = await startLabAgent(lab, host, ['--network', 'nat']);
  lab.onRemove(() => agent.kill('SIGKILL'));
  const ports = [{ protocol: 'tcp' as const, guestPort: GREETING }];
  const [first, second] = await Promise.all([
    agent.client.env.create({ name: 'shut', denyOutgoing: true, groups: [{ osPrefix: 'tiny', ports }] }),
    agent.client.env.create({ name: 'picky', groups: [{ osPrefix: 'tiny', ports, blacklist: [LONE] }] }),
  ]);
  [shut, picky] = (await LabGuest.loginAll(agent, [...first.vms, ...second.vms])) as [LabGuest, LabGuest];
  await Promise.all([shut, picky].map((guest) => guest.serveTcp(GREETING)));
  open = await Promise.all([shut, picky].map((guest) => outside.open(host.address, guest.hostPort('tcp', GREETING))));
});
afterAll(() => lab?.remove());

/** Ports lead to their guests, and what is denied or blacklisted is, for new connections. */
async function rulesHold(): Promise<void> {
  for (const guest of [shut, picky]) {
    expect(await outside.ask('tcp', host.address, guest.hostPort('tcp', GREETING))).toBe(guest.vm.name);
    expect(await outside.ask('tcp', host.address, guest.hostPort('tcp', 22))).toMatch(/^SSH-2\.0-/);
  }
  const reached = await Promise.all([picky.ask(lab.outside.address, 80), shut.ask(lab.outside.address, 80, 'silence')]);
  expect(reached).toEqual([`outside:80 ${host.address}`, null]);
  expect(await picky.ask(LONE, 80, 'silence')).toBeNull();
  expect(await shut.ask(picky.ip, 22, 'silence')).toBeNull();
}

async function connectionsLive(): Promise<void> {
  expect(await Promise.all(open.map((say) => say()))).toEqual(['?', '?']);
}

async function tableOf(): Promise<string> {
  return (await host.exec('nft', ['list', 'tables'])).trim().replace('table ', '');
}

async function nameServers(): Promise<number[]> {
  const servers = (await processesOf(host)).filter(({ command }) => command.startsWith('dnsmasq\0'));
  return servers.map(({ pid }) => pid);
}

async function end(pid: number): Promise<void> {
  const identity = (await identifyProcess(pid)) ?? expect.unreachable(`no process ${pid}`);
  await signalProcess(identity, 'SIGKILL');
}

it('keeps rules and connections while no agent runs, and after the next has started', async () => {
  await rulesHold();
  const [guests, ruleset] = [await agent.guestPids(), await host.exec('nft', ['list', 'ruleset'])];
  await agent.kill('SIGKILL');
  await connectionsLive();
  await rulesHold();
  // A lease can be had without the agent, too.
  expect(await shut.run('udhcpc -i eth0 -n -q -f -s /bin/true 2>&1')).toContain(`lease of ${shut.ip} obtained`);
  agent = await agent.restart();
  await connectionsLive();
  await rulesHold();
  expect(await agent.guestPids()).toEqual(guests);
  expect(await host.exec('nft', ['list', 'ruleset'])).toBe(ruleset);
  for (const { vm } of [shut, picky]) {
    expect(await agent.client.vm.show({ vmId: vm.id })).toMatchObject({
      state: 'running',
      ip: vm.ip,
      portMap: vm.portMap,
    });
    const { ticket } = await agent.client.console.open({ vmId: vm.id, kind: 'vnc' });
    const stream = agent.connection.openStream(ticket);
    const first = await new Promise((resolve, reject) => {
      stream.onmessage = ({ data }) => resolve(Buffer.from(data as ArrayBuffer).toString('latin1'));
      stream.onclose = ({ code }) => reject(new Error(`closed with ${code}`));
    });
    stream.close();
    expect(first).toBe('RFB 003.008\n');
  }
});

it('puts right what somebody changed, and says so in the log', async () => {
  const [table, port] = [await tableOf(), picky.hostPort('tcp', 22)];
  const asItWas = await host.exec('nft', ['list', 'ruleset']);
  const [server = 0] = await nameServers();
  const change = [
    `delete element ${table} forwards { tcp . ${port} }`,
    `delete element ${table} denied { ${shut.ip} }`,
    `flush chain ${table} forward`,
  ];
  await host.exec('nft', ['-f', '-'], { input: change.join('\n') });
  await end(server);
  expect(await outside.ask('tcp', host.address, port, 'silence')).toBeNull();
  expect(await shut.ask(lab.outside.address, 80)).not.toBeNull();
  await until(
    'the rules are put right',
    async () => (await host.exec('nft', ['list', 'ruleset'])) === asItWas,
    REPAIR_MS,
  );
  await until('both address servers run', async () => (await nameServers()).length === 2);
  await rulesHold();
  const log = await agent.log();
  for (const words of [
    `port ${port}/tcp to ${picky.ip}:22 was missing`,
    `${shut.ip} could open outgoing connections though that is denied`,
    /chain forward: .* was missing/,
    /the DHCP server of (shut|picky) was gone and has been started again/,
  ]) {
    expect(log).toMatch(words);
  }
  await connectionsLive();
});

it('gives everything back after a reboot: the same addresses and ports, with the rules in force', async () => {
  for (const guest of [shut, picky]) guest.close();
  await agent.kill('SIGKILL');
  await agent.endGuests();
  for (const server of await nameServers()) await end(server);
  await host.exec('nft', ['delete', 'table', ...(await tableOf()).split(' ')]);
  const links = (await hostStateOf(host)).links.filter((link) => !before.links.includes(link));
  for (const link of links) await host.exec('ip', ['link', 'delete', link]);
  await host.exec('sysctl', ['-w', 'net.ipv4.ip_forward=0']);

  agent = await agent.restart();
  for (const { vm } of [shut, picky]) {
    expect(await agent.client.vm.show({ vmId: vm.id })).toMatchObject({
      state: 'failed',
      failure: { code: 'VM_DIED' },
    });
  }
  const started = await Promise.all(['shut', 'picky'].map((name) => agent.client.env.start({ name })));
  const vms = started.flatMap((detail) => detail.vms);
  expect(vms.map(({ ip, mac, portMap }) => ({ ip, mac, portMap }))).toEqual(
    [shut, picky].map(({ vm: { ip, mac, portMap } }) => ({ ip, mac, portMap })),
  );
  [shut, picky] = (await LabGuest.loginAll(agent, vms)) as [LabGuest, LabGuest];
  for (const guest of [shut, picky]) expect(await guest.address('eth0')).toBe(`${guest.ip}/24`);
  await Promise.all([shut, picky].map((guest) => guest.serveTcp(GREETING)));
  await rulesHold();
});

it('leaves nothing but its own empty table when the ENVs are deleted', async () => {
  for (const guest of [shut, picky]) guest.close();
  for (const name of ['shut', 'picky']) await agent.client.env.delete({ name });
  await agent.kill('SIGTERM');
  await host.exec('nft', ['delete', 'table', ...(await tableOf()).split(' ')]);
  await expect.poll(() => hostStateOf(host), { timeout: 15_000 }).toEqual(before);
});
