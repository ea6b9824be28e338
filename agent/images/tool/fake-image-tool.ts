// A fake qemu-img: disks are the fake storage's small JSON files. A foreign disk is a text `disk of N MiB`, so that tests of
// operations can import without QEMU.
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { quoted, reason, type Reason, TtError } from '@tt/protocol';
import { type FakeDisk, writeFakeDisk } from '../../storage/fake-disk.ts';
import type { ConvertJob, DiskFacts, ImageTool, Work } from './interface.ts';

const MIB = 1024 * 1024;
/** As qemu-img says it. */
const OPEN_FAILED = quoted('reported', 'Could not open it');

export class FakeImageTool implements ImageTool {
  readonly #maxVirtualBytes: number;

  constructor({ maxVirtualBytes = Number.POSITIVE_INFINITY }: { maxVirtualBytes?: number } = {}) {
    this.#maxVirtualBytes = maxVirtualBytes;
  }

  async lookAtDisk(file: string): Promise<DiskFacts> {
    const text = await readFile(file, 'utf8');
    // Benches fill folders with empty files: nobody starts a guest from them.
    if (text === '') return { virtualBytes: MIB, missing: null, needsOthers: null };
    const whole = text.endsWith('}');
    const disk = whole ? (JSON.parse(text) as FakeDisk) : null;
    return {
      virtualBytes: (disk?.sizeMiB ?? 0) * MIB,
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
}
