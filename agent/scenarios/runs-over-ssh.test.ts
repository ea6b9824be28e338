// Runs over ssh in a real guest, whose dropbear has the host key that its seed gave it.
// @module-tag long
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Vm } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RealAgent, startRealAgent } from '../testing/real-agent.ts';
import { RealRuns, sh } from '../testing/real-runs.ts';
import { realRunsContract } from './real-runs.contract.ts';

const PATIENCE_MS = 240_000;
let agent: RealAgent;
let vm: Vm;

beforeAll(async () => {
  agent = await startRealAgent();
  const { vms } = await agent.client.env.create({
    name: 'demo',
    groups: [{ osPrefix: 'tiny', memoryMiB: 128, cloudInit: { user: 'kim' } }],
  });
  vm = vms[0] ?? expect.unreachable('no VM');
}, PATIENCE_MS);
afterAll(() => agent.remove());

const runs = new RealRuns({
  agent: () => agent,
  vmId: () => vm.id,
  patienceMs: PATIENCE_MS,
  more: () => ({ via: 'ssh' }),
});

it(
  'the booted guest has the host key that it was given, and no other',
  async () => {
    const first = await runs.run(sh('id -un'));
    expect(first.vms[0]).toMatchObject({ state: 'exited', failure: null });
    expect((await runs.output(first, 'stdout')).toString()).toMatch(/^kim\n/);
    const asked = await agent.client.env.sshKey({ name: 'demo' });
    expect(asked.logins[0]).toMatchObject({ hostKeySource: 'guest' });
    const stored = JSON.parse(await readFile(path.join(agent.home, 'host-keys', `${vm.id}.json`), 'utf8')) as {
      publicKey: string;
    };
    expect(asked.logins[0]?.hostKeys).toEqual([stored.publicKey.split(' ').slice(0, 2).join(' ')]);
  },
  PATIENCE_MS,
);

realRunsContract({
  via: 'ssh',
  runs,
  agent: () => agent,
  agentIs: (next) => {
    agent = next;
  },
  sizeBytes: 3 * 1024 ** 2 + 1,
  // The command ends with its connection, whoever opens another.
  countUnnoticed: (line) => runs.countOf(line),
  patienceMs: PATIENCE_MS,
});
