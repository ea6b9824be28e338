// A fake qemu-img: disks are the fake storage's small JSON files. A foreign disk is a text `disk of N MiB`, so that tests of
// operations can import without QEMU.
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';
import { quoted, reason, type Reason, TtError } from '@tt/protocol';
import { type FakeDisk, writeFakeDisk } from '../../storage/fake-disk.ts';
import { StorageError } from '../../storage/errors.ts';
import type { ConvertJob, DiskFacts, ImageTool, PackJob, Work } from './interface.ts';

const MIB = 1024 * 1024;
/** As qemu-img says it. */
const OPEN_FAILED = quoted('reported', 'Could not open it');
/** In a fake disk: the raw file that was packed into it. */
const RAW = '/raw';

export class FakeImageTool implements ImageTool {
  readonly #maxVirtualBytes: number;

  constructor({ maxVirtualBytes = Number.POSITIVE_INFINITY }: { maxVirtualBytes?: number } = {}) {
    this.#maxVirtualBytes = maxVirtualBytes;
  }

  async lookAtDisk(file: string): Promise<DiskFacts> {
    const text = await readFile(file, 'utf8');
    // Benches fill folders with empty files: nobody starts a guest from them.
    if (text === '') return { virtualBytes: MIB, dataBytes: MIB, missing: null, needsOthers: null };
    const whole = text.endsWith('}');
    const disk = whole ? parsed(text) : null;
    if (whole && !disk) throw new StorageError('STORAGE_FAILED', `not a qcow2 image: ${file}`);
    const virtualBytes = (disk?.sizeMiB ?? 0) * MIB;
    return {
      virtualBytes,
      dataBytes: virtualBytes,
      missing: whole ? null : reason('cut'),
      needsOthers: disk?.backing === undefined ? null : quoted('onOtherFile', disk.backing),
    };
  }

  async lookAtMedium(file: string): Promise<Reason | null> {
    return (await readFile(file, 'latin1')).includes('half') ? reason('cut') : null;
  }

  async convert(job: ConvertJob, work: Work): Promise<{ virtualBytes: number }> {
    const source = path.join(job.folder, job.source);
    const text = await readFile(source, 'latin1');
    work.signal.throwIfAborted();
    const refused = /backing:(\S+)/.exec(text)?.[1];
    if (refused !== undefined) {
      throw new TtError('IMAGE_REFUSED', { source: job.source, reason: quoted('onOtherFile', refused) });
    }
    const sizeMiB = Number(/disk of (\d+) MiB/.exec(text)?.[1] ?? Number.NaN);
    if (!Number.isFinite(sizeMiB)) {
      throw new TtError('IMAGE_CONVERT_FAILED', {
        source: job.source,
        reason: OPEN_FAILED,
      });
    }
    if (sizeMiB * MIB > this.#maxVirtualBytes) {
      throw new TtError('IMAGE_REFUSED', {
        source: job.source,
        reason: reason('diskTooLarge', { bytes: sizeMiB * MIB, maxBytes: this.#maxVirtualBytes }),
      });
    }
    if (text.length > job.maxBytes) {
      const why = reason('fileTooLarge', { maxBytes: job.maxBytes });
      throw new TtError('IMAGE_REFUSED', { source: job.source, reason: why });
    }
    work.onProgress?.({ done: 50, total: 100 });
    const target = path.join(job.folder, job.target);
    writeFakeDisk(target, { sizeMiB, files: { '/from': job.format }, snapshots: [] });
    if (work.signal.aborted) await rm(target);
    work.signal.throwIfAborted();
    return { virtualBytes: sizeMiB * MIB };
  }

  async packRaw({ source, folder, target, maxBytes }: PackJob, { signal, onProgress }: Work): Promise<void> {
    const raw = await readFile(source);
    signal.throwIfAborted();
    mustFit(source, raw.length, maxBytes);
    onProgress?.({ done: 50, total: 100 });
    const files = { [RAW]: deflateSync(raw).toString('base64') };
    writeFakeDisk(path.join(folder, target), { sizeMiB: raw.length / MIB, files, snapshots: [] });
  }

  async unpackRaw({ source, folder, target, maxBytes }: PackJob, { signal, onProgress }: Work): Promise<void> {
    const name = path.basename(source);
    const disk = parsed(await readFile(source, 'utf8'));
    signal.throwIfAborted();
    const packed = disk?.files[RAW];
    if (disk?.backing !== undefined) {
      throw new TtError('IMAGE_REFUSED', { source: name, reason: quoted('onOtherFile', disk.backing) });
    }
    mustFit(source, (disk?.sizeMiB ?? 0) * MIB, maxBytes);
    if (packed === undefined) throw new TtError('IMAGE_CONVERT_FAILED', { source: name, reason: OPEN_FAILED });
    onProgress?.({ done: 50, total: 100 });
    await writeFile(path.join(folder, target), inflateSync(Buffer.from(packed, 'base64')));
  }
}

function mustFit(source: string, bytes: number, maxBytes: number): void {
  if (bytes <= maxBytes) return;
  const why = reason('diskTooLarge', { bytes, maxBytes });
  throw new TtError('IMAGE_REFUSED', { source: path.basename(source), reason: why });
}

function parsed(text: string): FakeDisk | null {
  try {
    return JSON.parse(text) as FakeDisk;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
