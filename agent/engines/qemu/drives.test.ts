// Disks of a running guest: raw disks reverted live, others attached, detached and limited; states saved with them are loaded
// into a new process. One guest boots once for all tests.
// @module-tag deep
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand } from '../../host/run-command.ts';
import { ramFileOf } from '../contract-harness.ts';
import { GuestShell } from '../guest-shell.ts';
import type { NamedDisk, RunningVm, VmDrive, VmSpec } from '../interface.ts';
import { QemuEngine } from './qemu-engine.ts';
import { QmpClient } from './qmp-client.ts';
import { makeRamFile, openRamFile } from './ram-file.ts';
import { makeRealGuests, type RealGuests } from './test-real-guest.ts';
import { runFiles } from './run-files.ts';

const isRoot = process.geteuid?.() === 0;
let guests: RealGuests;
let engine: QemuEngine;
let spec: VmSpec;
let vm: RunningVm;
let shell: GuestShell;
let folder: string;

const run = (command: string, ...args: string[]) => runCommand(command, args, { timeoutMs: 30_000 });
const at = (tag: string) => ({ ramFile: ramFileOf(spec, tag) });
const write = (word: string) => shell.run(`echo ${word} > /dev/shm/word; echo ${word} > /root/word; sync`);
const read = () => shell.run('cat /dev/shm/word /root/word');

beforeAll(async () => {
  guests = await makeRealGuests({ confined: isRoot });
  engine = new QemuEngine({ stateDirectory: guests.root, acceleration: 'tcg', confined: isRoot });
  await engine.init();
  const made = await guests.makeSpec('vm1');
  const overlay = made.disks[0] ?? expect.unreachable();
  folder = path.dirname(overlay.path);
  const disk0 = path.join(folder, 'disk.raw');
  await run('qemu-img', 'convert', '-O', 'raw', overlay.path, disk0);
  await give(disk0);
  spec = { ...made, disks: [{ name: 'disk0', path: disk0, format: 'raw', backing: null, limits: null }] };
  vm = await engine.start(spec);
  shell = await GuestShell.login(vm.sockets.serial);
});
afterAll(async () => {
  shell.close();
  await engine.stop(spec, vm.process);
  await guests.remove();
});

/** As the storage does with all that is a VM's. */
async function give(file: string): Promise<void> {
  const user = (await guests.makeSpec('vm1')).confinement;
  if (user) await run('chown', `${user.uid}:${user.gid}`, file);
}

/** What a storage of raw disks does: a copy while the guest is paused, and another copy of that to go back. */
async function copyDisk(from: string, to: string): Promise<NamedDisk> {
  await run('cp', '--reflink=auto', '--sparse=always', path.join(folder, from), path.join(folder, to));
  await give(path.join(folder, to));
  return { name: 'disk0', path: path.join(folder, to), format: 'raw', backing: null };
}

async function saveWithDisk(tag: string, from: string): Promise<void> {
  await vm.pause();
  await vm.saveState(tag, at(tag));
  await copyDisk(from, `${tag}.raw`);
  await vm.resume();
}

async function newDisk(name: string, limits: VmDrive['limits'] = null): Promise<VmDrive> {
  const file = path.join(folder, `${name}.qcow2`);
  await run('qemu-img', 'create', '-q', '-f', 'qcow2', file, '64M');
  await give(file);
  return { name, path: file, format: 'qcow2', backing: null, limits };
}

it('puts a raw disk back while the guest runs, again and again, and its consoles stay', async () => {
  await write('apple');
  await saveWithDisk('apples', 'disk.raw');
  await write('pear');
  await saveWithDisk('pears', 'disk.raw');
  await write('plum');
  await vm.loadState('apples', { ...at('apples'), drives: [await copyDisk('apples.raw', 'second.raw')] });
  expect([await vm.isPaused(), await read()]).toEqual([false, 'apple\napple']);
  await write('grape');
  await vm.loadState('pears', { ...at('pears'), drives: [await copyDisk('pears.raw', 'third.raw')] });
  expect(await read()).toBe('pear\npear');
  // The same path, another file behind it.
  await copyDisk('apples.raw', 'third.new');
  await run('mv', path.join(folder, 'third.new'), path.join(folder, 'third.raw'));
  const drives: NamedDisk[] = [{ name: 'disk0', path: path.join(folder, 'third.raw'), format: 'raw', backing: null }];
  await vm.loadState('apples', { ...at('apples'), drives });
  expect(await read()).toBe('apple\napple');
  // And the very file that is open already stays.
  await vm.loadState('apples', { ...at('apples'), drives });
  expect(await read()).toBe('apple\napple');
  const [, ...open] = (await run('sh', '-c', `ls -l /proc/${vm.process.pid}/fd | grep raw || true`)).stdout.split('->');
  expect(open.map((file) => path.basename(file.split('\n')[0] ?? ''))).toEqual(['third.raw']);
});

it('plugs a disk in, saves it with the rest, and wakes up with it in a new process', async () => {
  const disk1 = await newDisk('disk1');
  await vm.attachDrive(disk1);
  await expect(vm.attachDrive(disk1)).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
  await shell.run('until [ -b /dev/vdb ]; do :; done; echo cherry > /dev/vdb; sync');
  await write('fig');
  await vm.resizeDisk(96, 'disk1');
  await saveWithDisk('figs', 'third.raw');
  await shell.run('echo lime > /dev/vdb; sync');

  shell.close();
  await engine.stop(spec, vm.process);
  const back = await copyDisk('figs.raw', 'fourth.raw');
  spec = { ...spec, disks: [{ ...back, limits: null }, disk1] };
  vm = await engine.start(spec, { load: { tag: 'figs', format: 'qcow2', ...at('figs') } });
  shell = await GuestShell.login(vm.sockets.serial);
  expect([await read(), await shell.run('head -c 6 /dev/vdb; cat /sys/block/vdb/size')]).toEqual([
    'fig\nfig',
    `cherry${96 * 2048}`,
  ]);
  await vm.detachDrive('disk1');
  await vm.detachDrive('disk1');
  await shell.run('while [ -b /dev/vdb ]; do :; done');
  await vm.deleteState('figs');
  await expect(vm.detachDrive('disk0')).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
});

it('cleans up after an agent that was killed while it saved', async () => {
  vm.detach();
  const qmp = await QmpClient.connect(runFiles(spec).qmp);
  await makeRamFile(spec, at('half').ramFile);
  await openRamFile(qmp, spec, at('half').ramFile, 'save');
  qmp.close();
  vm = (await engine.adopt(spec, vm.process)) ?? expect.unreachable();
  await rm(at('half').ramFile);
  await vm.saveState('half', at('half'));
  expect(await read()).toBe('fig\nfig');
});

it('keeps a disk to its limits, from its first moment and until they are lifted', async () => {
  const bytesPerSecond = 2 * 1024 * 1024;
  await vm.attachDrive(await newDisk('disk2', { bytesPerSecond, operationsPerSecond: null }));
  await shell.run('until [ -b /dev/vdb ]; do :; done');
  // Past what QEMU lets through at once: a tenth of a second's worth.
  const readMs = async () => {
    const begun = performance.now();
    await shell.run('dd if=/dev/vdb of=/dev/null bs=64k count=64 iflag=direct 2>/dev/null');
    return performance.now() - begun;
  };
  const limited = await readMs();
  await vm.setDriveLimits('disk2', null);
  const unlimited = await readMs();
  expect(limited).toBeGreaterThan(1_000);
  expect(limited / unlimited).toBeGreaterThan(2);
  await vm.detachDrive('disk2');
});

it('runs programs in the guest, and sets its clock', async () => {
  const { stdout, stderr, exitCode } = await vm.guestExec(['/bin/sh', '-c', 'cat; echo bad >&2; exit 3'], {
    timeoutMs: 10_000,
    input: 'quince',
  });
  expect([exitCode, stdout, stderr]).toEqual([3, 'quince', 'bad\n']);
  // A program that runs on does not keep others from asking.
  const slow = vm.guestExec(['/bin/sleep', '3'], { timeoutMs: 20_000 });
  expect(await vm.guestAnswers(5_000)).toBe(true);
  expect((await slow).exitCode).toBe(0);
  await expect(vm.guestExec(['/no/such'], { timeoutMs: 5_000 })).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
  await expect(vm.guestExec(['/bin/sleep', '60'], { timeoutMs: 1_500 })).rejects.toMatchObject({
    code: 'ENGINE_TIMEOUT',
  });
  await shell.run('date -s 2001-01-01');
  expect(await vm.setGuestTime(() => new Date('2031-05-04T03:02:00Z'))).toBe(true);
  expect(await shell.run('date -u +%Y-%m-%dT%H:%M')).toBe('2031-05-04T03:02');
  await vm.pause();
  await expect(vm.guestExec(['/bin/true'], { timeoutMs: 300 })).rejects.toMatchObject({ code: 'GUEST_AGENT_SILENT' });
  expect(await vm.isPaused()).toBe(true);
  await vm.resume();
});
