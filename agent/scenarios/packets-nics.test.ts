// Proved with packets: VMs with several NICs, all of them up and guarded; NICs with a bandwidth limit; and an agent that leaves
// nothing behind when it ends, with guests still running. Real guests.
// @module-tag deep
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Lab, type LabHost, makeLab, untilListening } from '../testing/network-lab/lab.ts';
import { startLabAgent } from '../testing/network-lab/agent.ts';
import { LabGuest } from '../testing/network-lab/guest.ts';
import { LabProbe } from '../testing/network-lab/probe.ts';
import { type HostState, hostStateOf } from '../testing/host-state.ts';
import type { RealAgent } from '../testing/real-agent.ts';

const name = 'demo';
const SINK = 7001;
/** Well below what an emulated guest sends by itself, which was seen to be as little as 11 Mbit/s. */
const LIMIT_MBPS = 4;

let lab: Lab;
let host: LabHost;
let before: HostState;
let agent: RealAgent;
let outside: LabProbe;
/** NICs: nat with a limit and flat; flat and nat; two nat. */
let natFirst: LabGuest;
let flatFirst: LabGuest;
let twice: LabGuest;

beforeAll(async () => {
  lab = await makeLab(['a']);
  host = lab.host('a');
  outside = await LabProbe.start(lab, lab.outside);
  await outside.listen('tcp', 80);
  before = await hostStateOf(host);
  agent = await startLabAgent(lab, host, ['--network', 'nat', '--tear-down-on-exit']);
  const ports = [{ protocol: 'tcp' as const, guestPort: SINK }];
  const [nat, flat] = [{ kind: 'nat' as const }, { kind: 'flat' as const }];
  const { vms } = await agent.client.env.create({
    name,
    groups: [
      { osPrefix: 'tiny', nics: [{ ...nat, bandwidthMbps: LIMIT_MBPS }, flat], ports },
      { osPrefix: 'tiny', nics: [flat, nat] },
      { osPrefix: 'tiny', nics: [nat, nat] },
    ],
  });
  [natFirst, flatFirst, twice] = (await LabGuest.loginAll(agent, vms)) as [LabGuest, LabGuest, LabGuest];
});
afterAll(() => lab?.remove());

it('brings all NICs up, with the addresses the API tells', async () => {
  for (const guest of [natFirst, flatFirst, twice]) {
    for (const [index, { ip, kind, mac }] of guest.vm.nics.entries()) {
      expect(await guest.address(`eth${index}`)).toBe(`${ip}/${kind === 'nat' ? 24 : 20}`);
      expect(await guest.run(`cat /sys/class/net/eth${index}/address`)).toBe(mac);
    }
  }
  expect(new Set([natFirst, flatFirst, twice].flatMap(({ vm }) => vm.nics.map(({ ip }) => ip))).size).toBe(6);
});

it('joins NICs of a kind to one network each', async () => {
  const [nat = '', flat = ''] = natFirst.vm.nics.map(({ ip }) => ip ?? '');
  expect(await flatFirst.pings(nat, 'answer', '-I eth1')).toBe(true);
  expect(await flatFirst.pings(flat, 'answer', '-I eth0')).toBe(true);
  expect(await flatFirst.ask(flat, 22)).toMatch(/^SSH-2\.0-/);
  for (const { ip } of twice.vm.nics) expect(await natFirst.pings(ip ?? '')).toBe(true);
  expect(await outside.ask('tcp', host.address, natFirst.hostPort('tcp', 22))).toMatch(/^SSH-2\.0-/);
});

it('leads out by whichever NIC is nat, and denies it on all NICs', async () => {
  const { address } = lab.outside;
  expect(await natFirst.ask(address, 80)).toBe(`outside:80 ${host.address}`);
  expect(await flatFirst.ask(address, 80)).toBe(`outside:80 ${host.address}`);
  for (const index of [0, 1]) expect(await twice.pings(address, 'answer', `-I ${twice.vm.nics[index]?.ip}`)).toBe(true);
  await agent.client.env.update({ name, denyOutgoing: true });
  expect(await natFirst.ask(address, 80, 'silence')).toBeNull();
  expect(await flatFirst.ask(address, 80, 'silence')).toBeNull();
  for (const index of [0, 1]) {
    expect(await twice.pings(address, 'silence', `-I ${twice.vm.nics[index]?.ip}`)).toBe(false);
  }
  await agent.client.env.update({ name, denyOutgoing: false });
  expect(await flatFirst.ask(address, 80)).toBe(`outside:80 ${host.address}`);
});

it('holds a limit both ways, and lifts it', async () => {
  const tool = new URL('../network/test-guest.ts', import.meta.url).pathname;
  await lab.start(lab.outside, process.execPath, [tool, 'sink', String(SINK)]);
  await untilListening(lab.outside, 'tcp', SINK);
  await natFirst.run(`printf '#!/bin/sh\\nexec wc -c\\n' >/tmp/sink; chmod +x /tmp/sink`);
  await natFirst.start(`nc -ll -p ${SINK} -e /tmp/sink`);
  await natFirst.untilListening('tcp', SINK);
  const upMbps = async (mebibytes: number) => {
    const begunAt = performance.now();
    const send = `dd if=/dev/zero bs=64k count=${mebibytes * 16} 2>/dev/null | timeout 60 nc ${lab.outside.address} ${SINK}`;
    const bytes = Number(await natFirst.run(send, 70_000));
    expect(bytes).toBe(mebibytes * 1024 * 1024);
    return (bytes * 8) / 1000 / (performance.now() - begunAt);
  };
  const downMbps = async (durationMs: number) => {
    const args = ['send', host.address, String(natFirst.hostPort('tcp', SINK)), String(durationMs)];
    const said = await lab.outside.exec(process.execPath, [tool, ...args], { timeoutMs: 60_000 });
    const { bytes, tookMs } = JSON.parse(said) as { bytes: number; tookMs: number };
    return (bytes * 8) / 1000 / tookMs;
  };
  for (const measure of [() => upMbps(2), () => downMbps(2_000)]) {
    const best = await bestOf(measure, LIMIT_MBPS * 0.6);
    expect(best).toBeGreaterThan(LIMIT_MBPS * 0.6);
    expect(best).toBeLessThan(LIMIT_MBPS * 1.1);
  }
  expect(await host.exec('tc', ['qdisc', 'show'])).toMatch(/qdisc tbf /);
  await agent.client.vm.update({ vmId: natFirst.vm.id, bandwidthMbps: null });
  expect(await host.exec('tc', ['qdisc', 'show'])).not.toMatch(/qdisc (tbf|ingress) /);
  for (const measure of [() => upMbps(4), () => downMbps(500)]) {
    expect(await bestOf(measure, LIMIT_MBPS * 1.5)).toBeGreaterThan(LIMIT_MBPS * 1.5);
  }
});

/** An emulated guest on a busy machine may be slower than its limit; that the limit is no lower shows in the best of a few. */
async function bestOf(measure: () => Promise<number>, enough: number): Promise<number> {
  let best = 0;
  for (let tries = 0; tries < 4 && best <= enough; tries++) best = Math.max(best, await measure());
  return best;
}

it('leaves nothing on the host when an agent that is to tear down ends, though its guests ran', async () => {
  for (const guest of [natFirst, flatFirst, twice]) guest.close();
  expect(await agent.guestPids()).toHaveLength(3);
  await agent.kill('SIGTERM');
  expect(await agent.guestPids()).toEqual([]);
  await expect.poll(() => hostStateOf(host), { timeout: 15_000 }).toEqual(before);
});
