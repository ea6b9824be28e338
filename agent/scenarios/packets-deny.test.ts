// Proved with packets: outgoing connections denied and allowed again, and destinations blocked, in force when the call returns,
// while open flows continue. Real guests; the outside is another network namespace.
// @module-tag deep
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Lab, type LabHost, makeLab, untilListening } from '../testing/network-lab/lab.ts';
import { startLabAgent } from '../testing/network-lab/agent.ts';
import { LabGuest } from '../testing/network-lab/guest.ts';
import { LabProbe } from '../testing/network-lab/probe.ts';
import { acceptedSshKey, LabSsh } from '../testing/network-lab/ssh.ts';
import type { RealAgent } from '../testing/real-agent.ts';

const name = 'demo';
const GREETING = 7000;
/** UDP that a guest can ask without programs of its own. */
const NAME_SERVER = [
  '--keep-in-foreground',
  '--conf-file=/dev/null',
  '--no-resolv',
  '--no-hosts',
  '--address=/known.test/192.0.2.99',
];
/** Further addresses of `outside` (RFC 5737). */
const [LONE, LOW, HIGH] = ['192.0.2.7', '203.0.113.65', '203.0.113.130'];

let lab: Lab;
let host: LabHost;
let agent: RealAgent;
let outside: LabProbe;
let one: LabGuest;
let two: LabGuest;

beforeAll(async () => {
  lab = await makeLab(['a']);
  host = lab.host('a');
  for (const address of [LONE, LOW, HIGH]) {
    await lab.outside.exec('ip', ['address', 'add', `${address}/32`, 'dev', 'lo']);
  }
  outside = await LabProbe.start(lab, lab.outside);
  await outside.listen('tcp', 80);
  await lab.start(lab.outside, 'dnsmasq', NAME_SERVER);
  await untilListening(lab.outside, 'udp', 53);
  agent = await startLabAgent(lab, host, ['--network', 'nat']);
  const ports = [{ protocol: 'tcp' as const, guestPort: GREETING }];
  const { vms } = await agent.client.env.create({ name, groups: [{ osPrefix: 'tiny', copies: 2, ports }] });
  [one, two] = (await LabGuest.loginAll(agent, vms)) as [LabGuest, LabGuest];
  await Promise.all([one, two].map((guest) => guest.serveTcp(GREETING)));
});
afterAll(() => lab?.remove());

/** What a guest reaches outside with something new: TCP, UDP and ping. */
function reaches(guest: LabGuest, address: string, expected: 'answer' | 'silence'): Promise<boolean[]> {
  const tcp = { by: 'tcp' as const, address, port: 80 };
  return guest.tries([tcp, { by: 'dns', address, name: 'known.test' }, { by: 'ping', address }], expected);
}
const [ALL, NONE] = [
  [true, true, true],
  [false, false, false],
];

it('denies outgoing: nothing new leaves, what comes in from outside goes on, also with something new', async () => {
  expect(await reaches(one, lab.outside.address, 'answer')).toEqual(ALL);
  const port = one.hostPort('tcp', GREETING);
  const openBefore = await outside.open(host.address, port);
  const key = await acceptedSshKey(lab, one);
  const login = () => LabSsh.open(lab, lab.outside, host.address, one.hostPort('tcp', 22), key);
  const sessions = [await login()];
  await agent.client.env.update({ name, denyOutgoing: true });
  for (const guest of [one, two]) expect(await reaches(guest, lab.outside.address, 'silence')).toEqual(NONE);
  expect(await openBefore()).toBe('?');
  const openAfter = await outside.open(host.address, port);
  expect(await openAfter()).toBe('?');
  sessions.push(await login());
  for (const session of sessions) expect(await session.run('hostname')).toBe('tiny-2-1');
  // Inside the ENV all goes on: names, ping, TCP.
  expect(await one.ask('tiny-2-2', GREETING)).toBe(two.vm.name);
  expect(await two.pings(one.ip)).toBe(true);
  expect(await agent.client.env.show({ name })).toMatchObject({ env: { denyOutgoing: true } });

  await agent.client.env.update({ name, denyOutgoing: false });
  for (const guest of [one, two]) expect(await reaches(guest, lab.outside.address, 'answer')).toEqual(ALL);
  for (const session of sessions) expect(await session.run('hostname')).toBe('tiny-2-1');
  expect([await openBefore(), await openAfter()]).toEqual(['?', '?']);
});

it('denies outgoing of VMs that are added later too', async () => {
  await agent.client.env.update({ name, denyOutgoing: true });
  const { vms } = await agent.client.env.addVms({ name, groups: [{ osPrefix: 'tiny' }] });
  const added = vms.find(({ id }) => id !== one.vm.id && id !== two.vm.id) ?? expect.unreachable('no VM was added');
  const three = await LabGuest.login(agent, added);
  expect(await reaches(three, lab.outside.address, 'silence')).toEqual(NONE);
  expect(await three.ask(one.ip, GREETING)).toBe(one.vm.name);
  three.close();
  await agent.client.vm.delete({ vmId: added.id });
  await agent.client.env.update({ name, denyOutgoing: false });
});

it('blacklists an address and a network for one VM, not for its neighbour', async () => {
  const vmId = one.vm.id;
  const open = await outside.open(host.address, one.hostPort('tcp', GREETING));
  const vm = await agent.client.vm.update({ vmId, blacklist: [LONE, '203.0.113.64/26', `${lab.outside.address}/32`] });
  expect(vm.spec.blacklist).toHaveLength(3);
  expect(await reaches(one, LONE, 'silence')).toEqual(NONE);
  expect(await reaches(one, LOW, 'silence')).toEqual(NONE);
  expect(await reaches(one, HIGH, 'answer')).toEqual(ALL);
  for (const address of [LONE, LOW, HIGH]) expect(await reaches(two, address, 'answer')).toEqual(ALL);
  // Whoever is blacklisted may still come in, and is answered.
  expect(await open()).toBe('?');
  expect(await outside.ask('tcp', host.address, one.hostPort('tcp', GREETING))).toBe(one.vm.name);

  await agent.client.vm.update({ vmId, blacklist: [LOW] });
  expect(await reaches(one, LONE, 'answer')).toEqual(ALL);
  expect(await reaches(one, LOW, 'silence')).toEqual(NONE);
  await agent.client.env.update({ name, vms: { blacklist: [] } });
  expect(await reaches(one, LOW, 'answer')).toEqual(ALL);
});
