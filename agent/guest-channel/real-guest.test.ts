// The helper in a real guest: that of its image, one that is put there through the guest agent, and what becomes of it when the guest is
// reverted or hangs.
// @module-tag deep
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ramFileOf } from '../engines/contract-harness.ts';
import type { RunningVm, VmSpec } from '../engines/interface.ts';
import { QemuEngine } from '../engines/qemu/qemu-engine.ts';
import { makeRealGuests, type RealGuests } from '../engines/qemu/test-real-guest.ts';
import { buildGuestHelper } from '../testing/build-guest-helper.ts';
import { until } from '../testing/until.ts';
import { GuestChannels } from './guest-channels.ts';
import { getFile, putFile } from './guest-files.ts';

const isRoot = process.geteuid?.() === 0;
const PATIENCE_MS = 60_000;
let guests: RealGuests;
let engine: QemuEngine;
let spec: VmSpec;
let vm: RunningVm;
let channels: GuestChannels;
let pushes = 0;

beforeAll(async () => {
  guests = await makeRealGuests({ confined: isRoot });
  const program = path.join(guests.root, 'helper');
  await buildGuestHelper(program);
  channels = new GuestChannels(() => {
    pushes++;
    return readFile(program);
  });
  engine = new QemuEngine({ stateDirectory: guests.root, acceleration: 'tcg', confined: isRoot });
  await engine.init();
  spec = await guests.makeSpec('vm1');
  vm = await engine.start(spec);
  await until('its agent answers', () => vm.guestAnswers(1000), PATIENCE_MS);
});
afterAll(async () => {
  await engine.stop(spec, vm.process);
  await guests.remove();
});

async function run(...argv: string[]): Promise<string> {
  const channel = await channels.open(vm, PATIENCE_MS);
  const command = channel.exec({ argv, stdin: 'none' });
  const [stdout, stderr, exit] = await Promise.all([all(command.stdout), all(command.stderr), command.exit]);
  expect({ ...exit, stderr: stderr.toString() }).toEqual({ exitCode: 0, signal: null, stderr: '' });
  return stdout.toString();
}

async function all(stream: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const bytes of stream as AsyncIterable<Buffer>) parts.push(bytes);
  return Buffer.concat(parts);
}

it('is that of the image, which is used as it is', async () => {
  await until('it is there', () => vm.isHelperPortOpen(1000), PATIENCE_MS);
  expect(await run('sh', '-c', '[ ! -e /run/.tt-guest-helper ] && readlink /proc/$PPID/exe')).toBe(
    '/usr/bin/tt-guest-helper\n',
  );
  expect(pushes).toBe(0);
});

it('is pushed once where there is none, and runs many commands at once', async () => {
  (await channels.open(vm, PATIENCE_MS)).close();
  await vm.guestExec(['/bin/sh', '-c', 'killall -9 tt-guest-helper'], { timeoutMs: PATIENCE_MS });
  await until('its port is closed', async () => !(await vm.isHelperPortOpen(1000)), PATIENCE_MS);
  const texts = await Promise.all(Array.from({ length: 20 }, (_, index) => run('echo', `number ${index}`)));
  expect(texts).toEqual(texts.map((_, index) => `number ${index}\n`));
  expect(pushes).toBe(1);
  expect(await run('sh', '-c', 'echo $0; id -u; pwd', 'zero')).toBe('zero\n0\n/root\n');
});

it('passes files of some MiB each way', async () => {
  const channel = await channels.open(vm, PATIENCE_MS);
  const content = randomBytes(8 * 1024 * 1024 + 1);
  const sha256 = createHash('sha256').update(content).digest('hex');
  await putFile(channel, {
    path: '/root/data',
    size: content.length,
    sha256,
    mode: 0o600,
    overwrites: false,
    content: async function* (offset) {
      yield content.subarray(offset);
    },
  });
  expect(await run('sha256sum', '/root/data')).toBe(`${sha256}  /root/data\n`);
  const got = await getFile(channel, { path: '/root/data' }, async (file) => {
    const bytes = await all(file.content);
    expect(await file.sha256).toBe(sha256);
    return bytes;
  });
  expect(got.equals(content)).toBe(true);
});

it('ends what ran when its guest is reverted, and serves the new process', async () => {
  const before = await channels.open(vm, PATIENCE_MS);
  const running = before.exec({ argv: ['sh', '-c', 'echo $$; sleep 1000'], stdin: 'none' });
  const pid = Number(await new Promise((resolve) => running.stdout.once('data', (bytes) => resolve(String(bytes)))));
  expect((await run('kill', '-0', String(pid))).trim()).toBe('');
  const ramFile = ramFileOf(spec, 'instant', 'flat');
  const save = await vm.beginSave('instant', { ramFile });
  await vm.pause();
  await save.finish();
  await engine.stop(spec, vm.process);
  await expect(running.exit).rejects.toMatchObject({ code: 'GUEST_CHANNEL_CLOSED' });
  vm = await engine.start(spec, { load: { tag: 'instant', ramFile, format: 'flat' } });
  // Its process was in that memory; the new host has ended it.
  expect(await run('sh', '-c', `kill -0 ${pid} 2>/dev/null || echo ended`)).toBe('ended\n');
  expect(pushes).toBe(1);
});

it('is silent in a guest that is paused, and answers again', async () => {
  await vm.pause();
  const other = new GuestChannels(async () => null);
  const channel = await channels.open(vm, PATIENCE_MS);
  channel.close();
  await expect(other.open(vm, 500)).rejects.toMatchObject({ code: 'GUEST_HELPER_SILENT' });
  await vm.resume();
  expect(await run('echo', 'again')).toBe('again\n');
});
