// Runs in a real guest by the guest helper.
// @module-tag deep
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Vm } from '@tt/protocol';
import { afterAll, beforeAll, expect } from 'vitest';
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
