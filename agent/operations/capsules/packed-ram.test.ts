// Flat memory packed for a capsule and unpacked from one, with the fake tool: cancelled in the middle, on a full disk, and with a file
// in the VM's folder that is not what it was.
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeImageTool } from '../../images/tool/fake-image-tool.ts';
import type { PackJob, Work } from '../../images/tool/interface.ts';
import { DiskBudget } from '../../storage/disk-budget.ts';
import { packRam, ramPathOf, unpackRam } from './packed-ram.ts';

const MIB = 1024 * 1024;
const vm = { name: 'web-1', spec: { memoryMiB: 128 } } as Parameters<typeof packRam>[1];
const RAM = 'vm0/ram.flat.qcow2';

/** Works until it is told to end, or fails as it is told. */
class ToldTool extends FakeImageTool {
  hold: (() => void) | null = null;

  override async packRaw(job: PackJob, work: Work): Promise<void> {
    await this.#held(job, work);
    return super.packRaw(job, work);
  }

  override async unpackRaw(job: PackJob, work: Work): Promise<void> {
    await this.#held(job, work);
    return super.unpackRaw(job, work);
  }

  async #held({ folder, target }: PackJob, { signal }: Work): Promise<void> {
    if (!this.hold) return;
    await writeFile(path.join(folder, target), 'half of it');
    const ended = Promise.withResolvers<never>();
    signal.addEventListener('abort', () => ended.reject(signal.reason as Error));
    this.hold();
    await ended.promise;
  }
}

let root: string;
let tool: ToldTool;
let freeMiB: number;
let services: Parameters<typeof unpackRam>[0];
const told: { done: number; total: number }[] = [];
const never = new AbortController().signal;
const work = (signal = never) => ({
  signal,
  onProgress: (progress: { done: number; total: number }) => told.push(progress),
});
const inside = (...parts: string[]) => path.join(root, ...parts);

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'tt-ram-'));
  await mkdir(inside('vm0'));
  await writeFile(inside('flat'), Buffer.alloc(2 * MIB, 'memory'));
  tool = new ToldTool();
  freeMiB = 10_000;
  told.length = 0;
  const budget = new DiskBudget({
    space: async () => ({ id: 1, freeBytes: freeMiB * MIB, totalBytes: 10_000 * MIB }),
    quotaLeft: () => ({ allocatedBytes: Number.POSITIVE_INFINITY, storedBytes: Number.POSITIVE_INFINITY }),
    admit: () => {},
  });
  services = { images: { tool }, budget };
});
afterEach(() => rm(root, { recursive: true }));

const pack = (signal?: AbortSignal) => packRam(services, vm, inside('flat'), inside(RAM), work(signal));
const growth = { owner: null, subject: 'bug' };
const unpack = (signal?: AbortSignal) =>
  unpackRam(services, { vm, index: 0, ram: RAM, folder: root }, growth, work(signal));

it('is packed and unpacked, told in MiB of the memory, and the packed one is gone then', async () => {
  await pack();
  expect(await readdir(inside('vm0'))).toEqual(['ram.flat.qcow2']);
  await unpack();
  expect(await readdir(inside('vm0'))).toEqual([]);
  expect((await readFile(ramPathOf(root, 0, RAM))).equals(await readFile(inside('flat')))).toBe(true);
  expect(told).toEqual([
    { done: 64, total: 128 },
    { done: 64, total: 128 },
  ]);
  // As it was saved while the guest was paused, or by an older TT: it stays where it is.
  await unpackRam(services, { vm, index: 0, ram: 'vm0/ram.flat', folder: root }, growth, work());
  expect(ramPathOf(root, 0, 'vm0/ram.flat')).toBe(inside('vm0/ram.flat'));
});

it('that is cancelled in the middle has no member, and the memory is as it was', async () => {
  const cancel = new AbortController();
  tool.hold = () => cancel.abort(new Error('not any more'));
  await expect(pack(cancel.signal)).rejects.toThrow('not any more');
  expect((await readdir(inside('vm0'))).includes('ram.flat.qcow2')).toBe(false);
  expect((await readFile(inside('flat'))).length).toBe(2 * MIB);
});

it('of an unpacking that is cancelled the packed one is still there', async () => {
  await pack();
  const cancel = new AbortController();
  tool.hold = () => cancel.abort(new Error('not any more'));
  await expect(unpack(cancel.signal)).rejects.toThrow('not any more');
  expect(await readdir(inside('vm0'))).toEqual(['ram.flat.qcow2']);
});

it('asks for what it becomes when it is unpacked, not for what it is', async () => {
  await pack();
  freeMiB = 201;
  await expect(unpack()).rejects.toMatchObject({ code: 'DISK_FULL', data: { wantedMiB: 2, subject: 'bug' } });
  expect(await readdir(inside('vm0'))).toEqual(['ram.flat.qcow2']);
});

it('is no link that somebody left in its place, and no longer than the VM allows', async () => {
  await symlink('/etc/passwd', inside('link'));
  await expect(packRam(services, vm, inside('link'), inside(RAM), work())).rejects.toMatchObject({
    reason: { code: 'notPlainFile' },
  });
  const small = { name: 'web-1', spec: { memoryMiB: -255 } } as typeof vm;
  await rm(inside('vm0'), { recursive: true });
  await mkdir(inside('vm0'));
  await expect(packRam(services, small, inside('flat'), inside(RAM), work())).rejects.toMatchObject({
    name: 'CapsuleError',
    reason: { code: 'diskTooLarge' },
  });
  await rm(inside('vm0'), { recursive: true });
  await mkdir(inside('vm0'));
  await pack();
  const unpacking = unpackRam(services, { vm: small, index: 0, ram: RAM, folder: root }, growth, work());
  await expect(unpacking).rejects.toMatchObject({ reason: { code: 'memberRamTooLarge', data: { vmName: 'web-1' } } });
});
