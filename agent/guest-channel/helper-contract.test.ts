// Commands by the helper do what every channel must do, with the real helper on this machine.
// @module-tag long
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { buildGuestHelper } from '../testing/build-guest-helper.ts';
import { testCommandChannel } from './command-channel.contract.ts';
import { GuestChannel } from './guest-channel.ts';
import { helperProcess } from './test-helper-process.ts';

let folder: string;
let program: string;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-guest-'));
  program = path.join(folder, 'helper');
  await buildGuestHelper(program);
}, 120_000);
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

testCommandChannel('the helper', async () => {
  const { socket, end } = await helperProcess(program, folder);
  ends.push(end);
  return GuestChannel.open(socket, 10_000);
});
