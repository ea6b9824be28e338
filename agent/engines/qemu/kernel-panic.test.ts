// What the serial log of a guest says of its kernel: its last words, what only looks like them, and a guest that begins anew.
import { appendFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../../testing/until.ts';
import { KernelPanic } from './kernel-panic.ts';

const PANIC = [
  '[   61.204417] Kernel panic - not syncing: sysrq triggered crash',
  '[   61.204801] CPU: 0 PID: 212 Comm: sh Not tainted 6.1.0-41-cloud-amd64',
  '[   61.310022] ---[ end Kernel panic - not syncing: sysrq triggered crash ]---',
  '',
].join('\r\n');

let folder: string;
let log: string;
let reset: () => void;
let panic: KernelPanic;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-panic-'));
  log = path.join(folder, 'serial.log');
  await writeFile(log, 'Linux version 6.1.0\r\nlogin: ');
  const on = (_event: string, listener: () => void) => {
    reset = listener;
  };
  panic = new KernelPanic(log, { on } as unknown as ConstructorParameters<typeof KernelPanic>[1]);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('is told by the last line, and by no other', async () => {
  expect(await panic.look()).toBe(false);
  await appendFile(log, PANIC.slice(0, -40));
  expect(await panic.look()).toBe(false);
  await appendFile(log, PANIC.slice(-40));
  expect([await panic.look(), await panic.look()]).toEqual([true, true]);
  // Somebody has looked at an old log.
  await appendFile(log, '# ');
  expect(await panic.look()).toBe(false);
});

it('is found by an agent that comes later, behind whatever was written before', async () => {
  await appendFile(log, `${'x'.repeat(100_000)}\r\n${PANIC}`);
  expect(await panic.look()).toBe(true);
});

it('is forgotten with a reset and with a state that is loaded, and seen again', async () => {
  await appendFile(log, PANIC);
  expect(await panic.look()).toBe(true);
  reset();
  await until('it is forgotten', async () => !(await panic.look()));
  await appendFile(log, PANIC);
  expect(await panic.look()).toBe(true);
  await panic.forget();
  expect(await panic.look()).toBe(false);
});

it('is seen in a log that was emptied as it got too long', async () => {
  await panic.forget();
  await truncate(log, 0);
  expect(await panic.look()).toBe(false);
  await appendFile(log, `[ 61.3 ] ---[ end Kernel panic - not syncing: x ]---\n`);
  expect(await panic.look()).toBe(true);
});

it('is unknown where there is no log', async () => {
  await rm(log);
  await expect(panic.look()).rejects.toMatchObject({ code: 'ENOENT' });
});
