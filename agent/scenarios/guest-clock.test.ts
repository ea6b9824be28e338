// The clock of a real guest after eight snapshots in a row, each of which pauses it: how far it is off then, against what the pauses
// took together.
// @module-tag long
import type { Vm } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { GuestShell } from '../engines/guest-shell.ts';
import { type RealAgent, startRealAgent } from '../testing/real-agent.ts';

const SNAPSHOTS = 8;
const PATIENCE_MS = 240_000;
/** What is left to the way of an answer through the serial port, and to a guest that is emulated on a busy machine. */
const TOLERANCE_MS = 500;

let agent: RealAgent;
let vm: Vm;
let shell: GuestShell;
beforeAll(async () => {
  agent = await startRealAgent();
  const { vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
  vm = vms[0] ?? expect.unreachable('there is no VM');
  shell = await agent.shell(vm, PATIENCE_MS);
});
afterAll(async () => {
  shell.close();
  await agent.remove();
});

/** Milliseconds that the guest's clock is ahead of the host's, seen when its second changes. */
async function aheadMs(): Promise<number> {
  const seconds = await shell.run('s=$(date +%s); while [ $(date +%s) = $s ]; do :; done; date +%s', PATIENCE_MS);
  return Number(seconds) * 1000 - Date.now();
}

/** The best of several looks: a slow answer makes the guest look behind, nothing makes it look ahead. */
async function bestAheadMs(): Promise<number> {
  const looks = [];
  for (let look = 0; look < 5; look++) looks.push(await aheadMs());
  return Math.round(Math.max(...looks));
}

it('is right after eight snapshots in a row', async () => {
  const before = await bestAheadMs();
  let pausedMs = 0;
  for (let index = 0; index < SNAPSHOTS; index++) {
    pausedMs += (await agent.client.snapshot.create({ envName: 'demo', name: `s${index}` })).pausedMs;
  }
  const after = await bestAheadMs();
  process.stdout.write(
    `guest’s clock: ${before} ms before, ${after} ms after ${SNAPSHOTS} snapshots that paused it ${Math.round(pausedMs)} ms\n`,
  );
  expect(Math.abs(after - before)).toBeLessThan(TOLERANCE_MS);
});
