// Runs in a real guest by the guest helper, and what that says of its guest.
// @module-tag deep
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Vm } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildGuestHelper } from '../testing/build-guest-helper.ts';
import { type RealAgent, startRealAgent } from '../testing/real-agent.ts';
import { countOfProcesses, RealRuns } from '../testing/real-runs.ts';
import { realRunsContract } from './real-runs.contract.ts';

const PATIENCE_MS = 120_000;
let folder: string;
let agent: RealAgent;
let vm: Vm;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-helper-'));
  const helper = path.join(folder, 'helper');
  await buildGuestHelper(helper);
  agent = await startRealAgent({ helper });
  const { vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', memoryMiB: 128 }] });
  vm = vms[0] ?? expect.unreachable('no VM');
}, PATIENCE_MS);
afterAll(async () => {
  await agent.remove();
  await rm(folder, { recursive: true });
});

it('says how its guest is, and the addresses of its NICs', async () => {
  const health = () => agent.client.vm.health({ vmId: vm.id });
  const { uptimeMs, load, memory, rootDisk } = await health();
  expect([uptimeMs, load]).toEqual([expect.any(Number), expect.any(Number)]);
  // Some of both is the kernel's and the file system's.
  expect(memory?.totalMiB).toBeGreaterThan(64);
  expect(memory?.totalMiB).toBeLessThan(128);
  expect(rootDisk?.totalMiB).toBeGreaterThan(512);
  expect(rootDisk?.freeMiB).toBeLessThan(rootDisk?.totalMiB ?? 0);
  // Its DHCP may take a moment.
  const nics = async () => (await health()).nics.map(({ mac, addresses }) => [mac, ...addresses.slice(0, 1)]);
  await expect.poll(nics, { timeout: PATIENCE_MS }).toEqual(vm.nics.map(({ mac }) => [mac, '10.0.2.15']));
});

realRunsContract({
  via: 'helper',
  runs: new RealRuns({ agent: () => agent, vmId: () => vm.id, patienceMs: PATIENCE_MS }),
  agent: () => agent,
  agentIs: (next) => {
    agent = next;
  },
  sizeBytes: 5 * 1024 ** 2 + 1,
  // Over the serial port: the helper is not greeted.
  countUnnoticed: async (line) => {
    const shell = await agent.shell(vm);
    try {
      return (await shell.run(countOfProcesses(line))).trim();
    } finally {
      shell.close();
    }
  },
  patienceMs: PATIENCE_MS,
});
