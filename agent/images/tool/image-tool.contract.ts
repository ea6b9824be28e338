// The contract suite for all disk image tools: the fake (unit tests) and qemu-img (real tests) run it with files of their own
// kind.
import { mkdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConvertJob, DiskFormat, ImageTool, PackJob } from './interface.ts';

export const MIB = 1024 * 1024;
/** Disks larger than this are refused by the tool of a harness. */
export const MAX_MIB = 8;

export interface ImageToolHarness {
  /** Takes disks of at most {@link MAX_MIB}. */
  tool: ImageTool;
  /** Empty; the tool's user may pass it. */
  folder: string;
  /** Writes a foreign disk. */
  writeForeign(file: string, sizeMiB: number): Promise<DiskFormat>;
  /** Writes a foreign disk that names another file of the host. */
  writeLeaning(file: string): Promise<DiskFormat>;
  /** Writes a disk in TT's format. */
  writeDisk(file: string, sizeMiB: number): Promise<void>;
  /** The same, standing on `base`. */
  writeOverlay(file: string, base: string): Promise<void>;
  /** Writes a medium, whole or with its end missing. */
  writeMedium(file: string, isWhole: boolean): Promise<void>;
  remove(): Promise<void>;
}

export function describeImageToolContract(name: string, makeHarness: () => Promise<ImageToolHarness>): void {
  describe(`image tool contract: ${name}`, () => {
    let harness: ImageToolHarness;
    let tool: ImageTool;
    beforeEach(async () => {
      harness = await makeHarness();
      ({ tool } = harness);
    });
    afterEach(() => harness.remove());

    const inside = (file: string) => path.join(harness.folder, file);
    const never = new AbortController().signal;

    async function jobFor(write: (file: string) => Promise<DiskFormat>): Promise<ConvertJob> {
      const folder = inside('job');
      await mkdir(folder);
      const format = await write(path.join(folder, 'source'));
      return { folder, source: 'source', target: 'target', format, maxBytes: 1024 * MIB };
    }

    it('converts a foreign disk into one that stands alone, and tells how far it is', async () => {
      const job = await jobFor((file) => harness.writeForeign(file, 6));
      const before = await readFile(path.join(job.folder, 'source'));
      const told: number[] = [];
      const onProgress = ({ done, total }: { done: number; total: number }) => told.push(done / total);
      expect(await tool.convert(job, { signal: never, onProgress })).toEqual({ virtualBytes: 6 * MIB });
      const made = path.join(job.folder, 'target');
      expect(await tool.lookAtDisk(made)).toMatchObject({ virtualBytes: 6 * MIB, missing: null, needsOthers: null });
      expect(told.length).toBeGreaterThan(0);
      expect(told.every((share) => share >= 0 && share <= 1)).toBe(true);
      // What was given away is the agent's again, and the source is as it was brought.
      const owners = await Promise.all([job.folder, made].map(async (file) => (await stat(file)).uid));
      expect(owners).toEqual([process.geteuid?.(), process.geteuid?.()]);
      expect(await readFile(path.join(job.folder, 'source'))).toEqual(before);
    });

    it('refuses a source that names another file, or is too large', async () => {
      const leaning = await jobFor((file) => harness.writeLeaning(file));
      await expect(tool.convert(leaning, { signal: never })).rejects.toMatchObject({
        code: 'IMAGE_REFUSED',
        data: { source: 'source' },
      });
      const format = await harness.writeForeign(path.join(leaning.folder, 'source'), MAX_MIB + 1);
      await expect(tool.convert({ ...leaning, format }, { signal: never })).rejects.toMatchObject({
        code: 'IMAGE_REFUSED',
      });
      await expect(stat(path.join(leaning.folder, 'target'))).rejects.toMatchObject({ code: 'ENOENT' });
    });

    it('makes no more than it may', async () => {
      const job = await jobFor((file) => harness.writeForeign(file, 6));
      await expect(tool.convert({ ...job, maxBytes: 1 }, { signal: never })).rejects.toMatchObject({
        code: 'IMAGE_REFUSED',
        data: { source: 'source', reason: { code: 'fileTooLarge', data: { maxBytes: 1 } } },
      });
    });

    it('says that it can’t read what is no disk of that form', async () => {
      const job = await jobFor(async (file) => {
        await writeFile(file, 'what could this be?');
        return 'vhdx';
      });
      await expect(tool.convert(job, { signal: never })).rejects.toMatchObject({
        code: 'IMAGE_CONVERT_FAILED',
        data: { source: 'source' },
      });
    });

    it('ends when it is told to, with the reason it was given', async () => {
      const job = await jobFor((file) => harness.writeForeign(file, 6));
      const signal = AbortSignal.abort(new Error('not any more'));
      await expect(tool.convert(job, { signal })).rejects.toThrow('not any more');
      expect((await stat(job.folder)).uid).toBe(process.geteuid?.());
    });

    /** 4 MiB with pages here and there. */
    async function writeHoles(file: string): Promise<Buffer> {
      const bytes = Buffer.alloc(4 * MIB);
      for (const page of [0, 7, 300, 1023]) bytes.fill(`page ${page};`, page * 4096, page * 4096 + 4096);
      await writeFile(file, bytes, { mode: 0o600 });
      return bytes;
    }

    async function packing(source: string, folder: string): Promise<PackJob> {
      await mkdir(inside(folder));
      return { source: inside(source), folder: inside(folder), target: 'target', maxBytes: 4 * MIB };
    }

    it('packs a raw file with holes into less than its length, and unpacks every byte of it', async () => {
      const raw = await writeHoles(inside('raw'));
      const told: number[] = [];
      const onProgress = ({ done, total }: { done: number; total: number }) => told.push(done / total);
      const pack = await packing('raw', 'pack');
      await tool.packRaw(pack, { signal: never, onProgress });
      const packed = path.join(pack.folder, 'target');
      expect((await stat(packed)).size).toBeLessThan(MIB / 4);
      const facts = await tool.lookAtDisk(packed);
      expect(facts).toMatchObject({ virtualBytes: 4 * MIB, missing: null, needsOthers: null });
      expect(facts.dataBytes).toBeLessThanOrEqual(4 * MIB);
      const unpack = await packing('pack/target', 'unpack');
      await tool.unpackRaw(unpack, { signal: never, onProgress });
      const made = path.join(unpack.folder, 'target');
      expect((await readFile(made)).equals(raw)).toBe(true);
      expect(told.length).toBeGreaterThan(1);
      expect(told.every((share) => share >= 0 && share <= 1)).toBe(true);
      // Nothing stays with the tool's user.
      const owners = await Promise.all(
        [pack.source, pack.folder, packed, unpack.folder, made].map((file) => stat(file)),
      );
      expect(owners.map(({ uid }) => uid)).toEqual(owners.map(() => process.geteuid?.()));
      expect((await stat(pack.source)).mode & 0o777).toBe(0o600);
    });

    it('packs and unpacks no more than it may, and nothing that leans on another file, is cut, or is no disk', async () => {
      await writeHoles(inside('raw'));
      const pack = await packing('raw', 'pack');
      const tooLarge = { code: 'IMAGE_REFUSED', data: { source: 'raw', reason: { code: 'diskTooLarge' } } };
      await expect(tool.packRaw({ ...pack, maxBytes: 4 * MIB - 512 }, { signal: never })).rejects.toMatchObject(
        tooLarge,
      );
      await tool.packRaw(pack, { signal: never });
      await harness.writeOverlay(inside('overlay'), inside('pack/target'));
      await writeFile(inside('photo'), Buffer.alloc(70_000, '}'));
      const unpack = await packing('pack/target', 'unpack');
      const refused = async (job: PackJob, code: string) => {
        await expect(tool.unpackRaw(job, { signal: never })).rejects.toMatchObject({ code });
        await expect(stat(path.join(job.folder, 'target'))).rejects.toMatchObject({ code: 'ENOENT' });
      };
      await refused({ ...unpack, maxBytes: 4 * MIB - 512 }, 'IMAGE_REFUSED');
      await refused({ ...unpack, source: inside('overlay') }, 'IMAGE_REFUSED');
      await expect(tool.unpackRaw({ ...unpack, source: inside('photo') }, { signal: never })).rejects.toMatchObject({
        code: expect.stringMatching(/^IMAGE_/),
      });
      await expect(tool.unpackRaw({ ...unpack, source: inside('nothing') }, { signal: never })).rejects.toMatchObject({
        code: 'ENOENT',
      });
    });

    it('ends packing and unpacking when it is told to', async () => {
      await writeHoles(inside('raw'));
      const pack = await packing('raw', 'pack');
      const signal = AbortSignal.abort(new Error('not any more'));
      await expect(tool.packRaw(pack, { signal })).rejects.toThrow('not any more');
      await tool.packRaw(pack, { signal: never });
      await expect(tool.unpackRaw(await packing('pack/target', 'unpack'), { signal })).rejects.toThrow('not any more');
      expect((await stat(pack.folder)).uid).toBe(process.geteuid?.());
    });

    it('tells a whole disk from one that is cut, one that leans on another, and what is none', async () => {
      await harness.writeDisk(inside('whole'), 4);
      await harness.writeOverlay(inside('overlay'), inside('whole'));
      expect(await tool.lookAtDisk(inside('whole'))).toEqual({
        virtualBytes: 4 * MIB,
        dataBytes: 4 * MIB,
        missing: null,
        needsOthers: null,
      });
      expect((await tool.lookAtDisk(inside('overlay'))).needsOthers?.quote).toContain(inside('whole'));
      await truncate(inside('whole'), Math.floor((await stat(inside('whole'))).size / 2));
      expect((await tool.lookAtDisk(inside('whole'))).missing?.code).toMatch(/\w/);
      await writeFile(inside('photo'), Buffer.alloc(70_000, '}'));
      await expect(tool.lookAtDisk(inside('photo'))).rejects.toThrow();
      await expect(tool.lookAtDisk(inside('nothing'))).rejects.toThrow();
    });

    it('tells a whole medium from one that is cut, and one that is not there', async () => {
      await harness.writeMedium(inside('whole.iso'), true);
      await harness.writeMedium(inside('half.iso'), false);
      expect(await tool.lookAtMedium(inside('whole.iso'))).toBeNull();
      expect((await tool.lookAtMedium(inside('half.iso')))?.code).toMatch(/\w/);
      await expect(tool.lookAtMedium(inside('nothing.iso'))).rejects.toMatchObject({ code: 'ENOENT' });
    });
  });
}
