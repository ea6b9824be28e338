// Runs in a real guest without the port of the helper: by its guest agent alone, with the real shell and its tools. And a guest that
// restarts itself.
// @module-tag long
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Vm } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildGuestHelper } from '../testing/build-guest-helper.ts';
import { type RealAgent, startRealAgent } from '../testing/real-agent.ts';
import { countOfProcesses, RealRuns, sh } from '../testing/real-runs.ts';
import { until } from '../testing/until.ts';
import { realRunsContract } from './real-runs.contract.ts';

const PATIENCE_MS = 120_000;
let folder: string;
let agent: RealAgent;
let vms: Vm[];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-helper-'));
  const helper = path.join(folder, 'helper');
  await buildGuestHelper(helper);
  agent = await startRealAgent({ helper });
  const group = { osPrefix: 'tiny', memoryMiB: 128 };
  const made = await agent.client.env.create({ name: 'demo', groups: [{ ...group, guestHelper: 'off' }, group] });
  vms = made.vms;
}, PATIENCE_MS);
afterAll(async () => {
  await agent.remove();
  await rm(folder, { recursive: true });
});

const plain = () => vms.find(({ spec }) => spec.guestHelper === 'off')?.id ?? expect.unreachable('no VM');
const runs = new RealRuns({
  agent: () => agent,
  vmId: plain,
  patienceMs: PATIENCE_MS,
  more: () => ({ vmIds: [plain()] }),
});

/** Over the serial port: a run would leave another folder, and tell the guest that a host has come. */
async function inPlain(line: string): Promise<string> {
  const shell = await agent.shell(vms.find(({ id }) => id === plain()) ?? expect.unreachable('no VM'));
  try {
    return (await shell.run(line, PATIENCE_MS)).trim();
  } finally {
    shell.close();
  }
}

realRunsContract({
  via: 'guestAgent',
  runs,
  agent: () => agent,
  agentIs: (next) => {
    agent = next;
  },
  sizeBytes: 1024 ** 2 + 1,
  countUnnoticed: (line) => inPlain(countOfProcesses(line)),
  patienceMs: PATIENCE_MS,
});

it('says what addresses its guest has, and how full its disk is', async () => {
  const vm = vms.find(({ id }) => id === plain());
  const health = () => agent.client.vm.health({ vmId: plain() });
  const nics = async () => (await health()).nics.map(({ mac, addresses }) => [mac, ...addresses.slice(0, 1)]);
  await expect.poll(nics, { timeout: PATIENCE_MS }).toEqual(vm?.nics.map(({ mac }) => [mac, '10.0.2.15']));
  const { memory, rootDisk } = await health();
  expect([memory, rootDisk?.totalMiB]).toEqual([null, expect.any(Number)]);
});

it('leaves nothing in the guest', { timeout: PATIENCE_MS }, async () => {
  await runs.run(sh('true'));
  const folders = () => inPlain('ls -A /run /var/lib /root | grep -c "^.tt-run" || true');
  await until('all are removed', async () => (await folders()) === '0', PATIENCE_MS);
});

it('ends what runs when its guest restarts itself, whichever way leads there', {
  timeout: 2 * PATIENCE_MS,
}, async () => {
  const vmIds = vms.map(({ id }) => id);
  const { run: begun } = await runs.start(sh('echo x; sleep 1235'), { vmIds });
  await runs.printed(begun.id);
  // It does not say how it ends: the guest is gone with it.
  await runs.start(sh('reboot -f'), { vmIds });
  const { vms: lost } = await runs.ended(begun.id);
  const why = { state: 'lost', failure: { data: { reason: { code: 'guest.GUEST_RESTARTED' } } } };
  expect(lost).toMatchObject(lost.map(() => why));
  expect((await runs.run(sh('echo again'), { vmIds })).run.counts.succeeded).toBe(2);
});
