// Proved with packets: ENVs on one host cannot reach each other, the host's own services, or anything with a spoofed address;
// and nobody elsewhere reaches a guest except by its public ports. Real guests.
// @module-tag deep
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Lab, type LabHost, makeLab } from '../testing/network-lab/lab.ts';
import { startLabAgent } from '../testing/network-lab/agent.ts';
import { type Attempt, LabGuest } from '../testing/network-lab/guest.ts';
import { LabProbe } from '../testing/network-lab/probe.ts';
import type { RealAgent } from '../testing/real-agent.ts';

const SERVICE = 8888;
/** An address of nobody (RFC 5737). */
const NOBODY = '192.0.2.77';

let lab: Lab;
let host: LabHost;
let agent: RealAgent;
let outside: LabProbe;
let one: LabGuest;
let other: LabGuest;
let apiPort: number;

beforeAll(async () => {
  lab = await makeLab(['a']);
  host = lab.host('a');
  const onHost = await LabProbe.start(lab, host);
  await onHost.listen('tcp', SERVICE);
  outside = await LabProbe.start(lab, lab.outside);
  await outside.listen('tcp', 80);
  agent = await startLabAgent(lab, host, ['--network', 'nat']);
  apiPort = Number(/"url":"[^"]*:(\d+)"/.exec(await agent.log())?.[1]);
  const made = await Promise.all(
    ['one', 'other'].map((name) => agent.client.env.create({ name, groups: [{ osPrefix: 'tiny' }] })),
  );
  [one, other] = (await LabGuest.loginAll(
    agent,
    made.flatMap(({ vms }) => vms),
  )) as [LabGuest, LabGuest];
  // Whoever outside knows where the guests are could send to them directly.
  for (const guest of [one, other]) {
    await lab.outside.exec('ip', ['route', 'add', gatewayOf(guest).replace(/1$/, '0/24'), 'via', host.address]);
  }
});
afterAll(() => lab?.remove());

/** Address of the host on the guest's own bridge. */
function gatewayOf(guest: LabGuest): string {
  return guest.ip.replace(/\d+$/, '1');
}

it('keeps ENVs from each other, but for public ports', async () => {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    const { ip: address } = to;
    const direct = await from.tries(
      [
        { by: 'tcp', address, port: 22 },
        { by: 'ping', address },
      ],
      'silence',
    );
    expect(direct).toEqual([false, false]);
    expect(await from.ask(host.address, to.hostPort('tcp', 22))).toMatch(/^SSH-2\.0-/);
  }
  await agent.client.vm.update({ vmId: one.vm.id, blacklist: [host.address] });
  expect(await one.ask(host.address, other.hostPort('tcp', 22), 'silence')).toBeNull();
  await agent.client.vm.update({ vmId: one.vm.id, blacklist: [] });
  expect(await one.ask(host.address, other.hostPort('tcp', 22))).toMatch(/^SSH-2\.0-/);
});

it('keeps guests from all services of the host but DHCP, DNS and ping of their own gateway', async () => {
  expect(await outside.ask('tcp', host.address, SERVICE)).toMatch(/^a:/);
  expect(await one.pings(gatewayOf(one))).toBe(true);
  expect(await one.resolve('tiny-2-1.one.tt', gatewayOf(one))).toBe(one.ip);
  for (const address of [gatewayOf(one), gatewayOf(other), host.address]) {
    const attempts: Attempt[] = [SERVICE, apiPort].map((port) => ({ by: 'tcp', address, port }));
    if (address !== gatewayOf(one)) {
      attempts.push({ by: 'ping', address }, { by: 'dns', address, name: 'tiny-2-1.other.tt' });
      attempts.push({ by: 'tcp', address, port: 53 });
    }
    expect([address, await one.tries(attempts, 'silence')]).toEqual([address, attempts.map(() => false)]);
  }
  // An address by DHCP can be had again.
  expect(await one.run('udhcpc -i eth0 -n -q -f -s /bin/true 2>&1')).toContain(`lease of ${one.ip} obtained`);
});

it('lets nobody outside reach a guest at its own address', async () => {
  for (const guest of [one, other]) {
    expect(await outside.ask('tcp', guest.ip, 22, 'silence')).toBeNull();
    await expect(lab.outside.exec('ping', ['-c', '1', '-W', '1', guest.ip])).rejects.toThrow('exited with 1');
    expect(await outside.ask('tcp', host.address, guest.hostPort('tcp', 22))).toMatch(/^SSH-2\.0-/);
  }
});

it('lets nothing out under an address that is not the guest’s', async () => {
  const free = one.ip.replace(/\d+$/, '200');
  // Before anything else gets to see them.
  const counting = `table ip seen {
    chain arriving {
      type filter hook prerouting priority -400
      icmp type echo-request counter
    }
  }`;
  for (const place of [host, lab.outside]) await place.exec('nft', ['-f', '-'], { input: counting });
  const seen = async (place: LabHost) =>
    Number(/counter packets (\d+)/.exec(await place.exec('nft', ['list', 'table', 'ip', 'seen']))?.[1]);
  expect(await one.pings(lab.outside.address)).toBe(true);
  expect([await seen(host), await seen(lab.outside)]).toEqual([1, 1]);
  for (const [index, address] of [NOBODY, other.ip, free].entries()) {
    await one.run(`ip addr add ${address}/32 dev eth0`);
    expect(await one.pings(lab.outside.address, 'silence', `-I ${address}`)).toBe(false);
    await one.run(`ip addr del ${address}/32 dev eth0`);
    // It left the guest, and came no farther than the host.
    expect([address, await seen(host), await seen(lab.outside)]).toEqual([address, 2 + index, 1]);
  }
  for (const place of [host, lab.outside]) await place.exec('nft', ['delete', 'table', 'ip', 'seen']);
});
