// Proved with packets: flat networks across two hosts. Guests of one VNI share an Ethernet wherever they run; guests of another
// do not, and there are no outgoing connections. Two agents, each on its own host, with real guests.
// @module-tag deep
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Lab, makeLab } from '../testing/network-lab/lab.ts';
import { startLabAgent } from '../testing/network-lab/agent.ts';
import { type Attempt, LabGuest } from '../testing/network-lab/guest.ts';
import { LabProbe } from '../testing/network-lab/probe.ts';
import type { RealAgent } from '../testing/real-agent.ts';

const GREETING = 7000;
const SINK = 7001;
const SERVICE = 8888;
const [SHARED, OTHER] = [5001, 5002];
const KIBIBYTES = 512;

let lab: Lab;
const agents: RealAgent[] = [];
/** In one network on hosts a and b. */
let left: LabGuest;
let right: LabGuest;
/** In another, on host b. */
let stranger: LabGuest;

beforeAll(async () => {
  lab = await makeLab(['a', 'b']);
  const hosts = ['a', 'b'].map((name) => lab.host(name));
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-flat-'));
  lab.onRemove(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'agent.yaml');
  // The same for both: its own address among the peers does no harm.
  await writeFile(file, `network:\n  flat:\n    peers: [${hosts.map(({ address }) => address).join(', ')}]\n`);
  for (const host of hosts) {
    const agent = await startLabAgent(lab, host, ['--network', 'flat', '--config', file]);
    agents.push(agent);
  }
  const [onLeft, onRight] = agents as [RealAgent, RealAgent];
  const create = async (agent: RealAgent, name: string, vni: number) => {
    const { vms, env } = await agent.client.env.create({ name, vni, groups: [{ osPrefix: 'tiny' }] });
    expect(env.networks).toMatchObject([{ kind: 'flat', vni }]);
    return LabGuest.login(agent, vms[0] ?? expect.unreachable('no VM'));
  };
  [left, right, stranger] = await Promise.all([
    create(onLeft, 'left', SHARED),
    create(onRight, 'right', SHARED),
    create(onRight, 'stranger', OTHER),
  ]);
  await Promise.all([left, right].map((guest) => guest.serveTcp(GREETING)));
});
afterAll(() => lab?.remove());

it('gives guests of one VNI addresses of one network, each its own, and no ports of the hosts', async () => {
  const networks = await Promise.all(
    [left, right, stranger].map(async (guest) => {
      expect(guest.vm.portMap).toEqual([]);
      expect(await guest.address('eth0')).toBe(`${guest.ip}/20`);
      return /network=(.*)/i.exec(await guest.run(`ipcalc -n ${guest.ip}/20`))?.[1];
    }),
  );
  expect(networks[0]).toBe(networks[1]);
  expect(networks[0]).not.toBe(networks[2]);
  expect(left.ip).not.toBe(right.ip);
});

it('joins guests on different hosts to one Ethernet', async () => {
  for (const [from, to] of [
    [left, right],
    [right, left],
  ] as const) {
    // The answer to ARP is the neighbour's own, so there is no router between them.
    const answer = await from.run(`arping -c 1 -w 10 -I eth0 ${to.ip}`);
    expect(answer.toLowerCase()).toContain(`[${to.vm.mac}]`);
    expect(await from.pings(to.ip)).toBe(true);
    expect(await from.ask(to.ip, GREETING)).toBe(to.vm.name);
  }
});

it('carries more than one packet at a time, of any size', async () => {
  await right.run(`printf '#!/bin/sh\\nexec wc -c\\n' >/tmp/sink; chmod +x /tmp/sink`);
  await right.start(`nc -ll -p ${SINK} -e /tmp/sink`);
  await right.untilListening('tcp', SINK);
  for (const bytes of [1300, 1372, 1400, 1422]) expect(await left.pings(right.ip, 'answer', `-s ${bytes}`)).toBe(true);
  const send = `dd if=/dev/zero bs=1k count=${KIBIBYTES} 2>/dev/null | timeout 30 nc ${right.ip} ${SINK}`;
  expect(await left.run(send, 40_000)).toBe(String(KIBIBYTES * 1024));
});

it('keeps networks of other VNIs out, whatever address a guest gives itself', async () => {
  // An address the others would answer if they heard.
  const guess = left.ip.replace(/\d+$/, (last) => String((Number(last) + 100) % 250));
  await stranger.run(`ip addr add ${guess}/20 dev eth0`);
  for (const guest of [left, right]) {
    const { ip: address } = guest;
    expect(await stranger.run(`arping -c 1 -w 1 -I eth0 ${address} || true`)).toMatch(/Received 0 resp/);
    const attempts: Attempt[] = [
      { by: 'ping', address },
      { by: 'tcp', address, port: GREETING },
    ];
    expect(await stranger.tries(attempts, 'silence')).toEqual([false, false]);
  }
  await stranger.run(`ip addr del ${guess}/20 dev eth0`);
  // The same from a guest of theirs.
  await left.run(`ip addr add ${guess}/20 dev eth0`);
  expect(await right.run(`arping -c 2 -w 10 -I eth0 ${guess}`)).toContain(`[${left.vm.mac}]`);
  await left.run(`ip addr del ${guess}/20 dev eth0`);
});

it('leads nowhere else: not outside, not to services of the host', async () => {
  const outside = await LabProbe.start(lab, lab.outside);
  await outside.listen('tcp', 80);
  const onHost = await LabProbe.start(lab, lab.host('a'));
  await onHost.listen('tcp', SERVICE);
  const resolver = /nameserver (\S+)/.exec(await left.run('cat /etc/resolv.conf'))?.[1] ?? expect.unreachable('none');
  expect(await left.run('ip route')).not.toContain('default');
  expect(await left.pings(resolver)).toBe(true);
  await left.run(`ip route add default via ${resolver}`);
  const attempts: Attempt[] = [
    { by: 'tcp', address: lab.outside.address, port: 80 },
    { by: 'ping', address: lab.outside.address },
    { by: 'tcp', address: resolver, port: SERVICE },
    { by: 'tcp', address: lab.host('a').address, port: SERVICE },
  ];
  expect(await left.tries(attempts, 'silence')).toEqual(attempts.map(() => false));
});
