// Test support: an agent that a test steers by SIGUSR2. The product has none of these switches. With `TT_TEST_DIE_AT=disk:2` it kills
// itself by SIGKILL the second time it then reaches the step `disk`, as in a power failure or an out-of-memory kill. With
// `TT_TEST_WAIT_AT` it waits at that step until there is a file `TT_TEST_GO_ON`. With `TT_TEST_LATE_BY_S=40` its clock is late
// by that much until then: what it made expires as if that time had passed. `TT_TEST_HELPER`: the program that is pushed into guests.
// With `TT_TEST_WARM_LOOK_MS=5` guests of images that are being warmed are looked at that often, so the fake ones, never idle, are saved early.
// With `TT_TEST_IDLE_GUESTS=1` the fake guests use no processor.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { startAgent } from '../agent.ts';
import { FakeCgroups } from '../cgroups/fake-cgroups.ts';
import { agentLogger } from '../command/logger.ts';
import { configReader } from '../command/source.ts';
import { addConfigFlags } from '../config/flags.ts';

const { TT_TEST_DIE_AT: dieAt = '', TT_TEST_WAIT_AT: waitAt = '', TT_TEST_GO_ON: goOn = '' } = process.env;
const [step = '', nth = '1'] = (dieAt || waitAt).split(':');
let left = Number(nth);
let armed = false;
const helper = process.env['TT_TEST_HELPER'];
const warmLookMs = process.env['TT_TEST_WARM_LOOK_MS'];
const areIdle = process.env['TT_TEST_IDLE_GUESTS'] === '1';
const isLate = process.env['TT_TEST_LATE_BY_S'] !== undefined;
let lateByMs = Number(process.env['TT_TEST_LATE_BY_S'] ?? 0) * 1000;

const command = addConfigFlags(new Command());
command.parse();
const config = await configReader(command)();
const { logger } = agentLogger(config);
process.on('SIGUSR2', () => {
  armed = true;
  lateByMs = 0;
  logger.info('armed');
});
await startAgent(config, logger, {
  // Otherwise it has the clocks of the host, as users' agents have.
  ...(isLate && { now: () => new Date(Date.now() - lateByMs), expiryLookMs: 250 }),
  ...(warmLookMs !== undefined && { warmLookMs: Number(warmLookMs) }),
  ...(areIdle && { cgroups: new FakeCgroups({ now: () => 0 }) }),
  ...(helper !== undefined && { guestHelper: () => readFile(helper) }),
  checkpoint(reached) {
    if (!armed || reached !== step || --left > 0) return;
    if (dieAt !== '') process.kill(process.pid, 'SIGKILL');
    else logger.info({ step }, 'waiting at the step');
    // The signal is on its way: nothing of the step may run before it arrives.
    while (!existsSync(goOn)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
  },
});
