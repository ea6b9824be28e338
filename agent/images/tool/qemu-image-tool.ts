// qemu-img for untrusted images: the format is always given, references to other files are not followed, and it runs confined
// (`run-confined.ts`) in a folder with nothing but the files of the job.
import { chown, type FileHandle, lchown, lstat, open, realpath } from 'node:fs/promises';
import path from 'node:path';
import { quoted, reason, type Reason, TtError } from '@tt/protocol';
import { z } from 'zod';
import { whileLent } from '../../host/lend-file.ts';
import { RunError } from '../../host/run-command.ts';
import { runConfined } from '../../host/run-confined.ts';
import { refuseForeignFiles } from '../import/foreign-files.ts';
import type { ConvertJob, DiskFacts, DiskFormat, ImageTool, PackJob, Work } from './interface.ts';
import { missingOfIso } from './iso-wholeness.ts';
import { lookAtQcow2 } from './qcow2-wholeness.ts';

const MIB = 1024 * 1024;
const INFO_TIMEOUT_MS = 30_000;
const CONVERT_TIMEOUT_MS = 4 * 60 * 60_000;
/** The source as qemu-img gets it: by its descriptor. */
const SOURCE = '/proc/self/fd/3';

const TO_QCOW2 = ['-O', 'qcow2', '-o', 'compat=1.1'];
/** Holes are as small as a page of memory; larger clusters would fill most of them. */
const TO_PACKED = ['-S', '4k', '-O', 'qcow2', '-o', 'compat=1.1,cluster_size=4k'];
const TO_RAW = ['-S', '4k', '-O', 'raw'];

/** What all of the tool's works are to qemu-img. */
interface Conversion extends PackJob {
  /** Of the source. */
  format: DiskFormat;
  /** Options of `qemu-img convert`: into what. */
  into: readonly string[];
  /** Of the file that is made. */
  maxFileBytes: number;
}

const infoSchema = z.object({
  'virtual-size': z.number(),
  'backing-filename': z.string().optional(),
  encrypted: z.boolean().optional(),
});

export interface QemuImageToolOptions {
  /** Who qemu-img runs as; null: as the agent. */
  user: { uid: number; gid: number } | null;
  /** Largest disk that is taken; default 4 TiB. */
  maxVirtualBytes?: number;
  command?: string;
}

export class QemuImageTool implements ImageTool {
  readonly #user: { uid: number; gid: number } | null;
  readonly #maxVirtualBytes: number;
  readonly #command: string;

  constructor({ user, maxVirtualBytes = 4 * 1024 * 1024 * MIB, command = 'qemu-img' }: QemuImageToolOptions) {
    this.#user = user;
    this.#maxVirtualBytes = maxVirtualBytes;
    this.#command = command;
  }

  async lookAtDisk(file: string): Promise<DiskFacts> {
    // Images may be kept elsewhere, behind a link.
    return lookAtQcow2(await realpath(file));
  }

  async lookAtMedium(file: string): Promise<Reason | null> {
    return missingOfIso(file);
  }

  async convert(job: ConvertJob, work: Work): Promise<{ virtualBytes: number }> {
    const { folder, target, format, maxBytes: maxFileBytes } = job;
    const source = path.join(folder, job.source);
    const maxBytes = this.#maxVirtualBytes;
    return this.#convert({ source, folder, target, format, into: TO_QCOW2, maxBytes, maxFileBytes }, work);
  }

  async packRaw(job: PackJob, work: Work): Promise<void> {
    const maxFileBytes = Number.POSITIVE_INFINITY;
    await this.#convert({ ...job, format: 'raw', into: TO_PACKED, maxFileBytes }, work);
  }

  async unpackRaw(job: PackJob, work: Work): Promise<void> {
    await this.#convert({ ...job, format: 'qcow2', into: TO_RAW, maxFileBytes: job.maxBytes }, work);
  }

  async #convert(conversion: Conversion, work: Work): Promise<{ virtualBytes: number }> {
    await refuseForeignFiles(conversion.source, conversion.format);
    await using source = await open(conversion.source);
    return await whileLent(source, this.#user, 'read', () => this.#convertOpen(conversion, source, work));
  }

  async #convertOpen(job: Conversion, source: FileHandle, work: Work): Promise<{ virtualBytes: number }> {
    if (this.#user) await chown(job.folder, this.#user.uid, this.#user.gid);
    try {
      const virtualBytes = await this.#checkInfo(job, source, work.signal);
      await this.#run(['convert', '-p', ...job.into, '--', sourceNode(job.format), job.target], job, source, {
        timeoutMs: CONVERT_TIMEOUT_MS,
        signal: work.signal,
        // A qcow2 of a full disk is a little larger than the disk.
        fileBytes: Math.min(job.maxFileBytes, Math.ceil(virtualBytes * 1.01) + 64 * MIB),
        onStdout: (text) => {
          const percent = /\(([\d.]+)\/100%\)/.exec(text)?.[1];
          if (percent !== undefined) work.onProgress?.({ done: Number(percent), total: 100 });
        },
      });
      return { virtualBytes };
    } finally {
      await this.#takeBack(job);
    }
  }

  async #checkInfo(job: Conversion, source: FileHandle, signal: AbortSignal): Promise<number> {
    const args = ['info', '--output=json', '--', sourceNode(job.format)];
    const { stdout } = await this.#run(args, job, source, { timeoutMs: INFO_TIMEOUT_MS, signal, fileBytes: 0 });
    const info = infoSchema.parse(JSON.parse(stdout));
    const refuse = (why: Reason) => new TtError('IMAGE_REFUSED', { source: path.basename(job.source), reason: why });
    if (info['backing-filename'] !== undefined) throw refuse(reason('onOtherFile'));
    if (info.encrypted) throw refuse(reason('encrypted'));
    const virtualBytes = info['virtual-size'];
    if (virtualBytes <= 0) throw refuse(reason('emptyDisk'));
    if (virtualBytes > job.maxBytes) {
      throw refuse(reason('diskTooLarge', { bytes: virtualBytes, maxBytes: job.maxBytes }));
    }
    return virtualBytes;
  }

  async #run(
    args: string[],
    job: Conversion,
    source: FileHandle,
    options: { timeoutMs: number; fileBytes: number; signal: AbortSignal; onStdout?: (text: string) => void },
  ): Promise<{ stdout: string }> {
    const name = path.basename(job.source);
    try {
      return await runConfined(this.#command, args, {
        ...options,
        user: this.#user,
        cwd: job.folder,
        files: [source.fd],
        maxOutputBytes: MIB,
      });
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      if (error.signal === 'SIGXFSZ' || /File too large/.test(error.stderr)) {
        const tooLarge = reason('fileTooLarge', { maxBytes: options.fileBytes });
        throw new TtError('IMAGE_REFUSED', { source: name, reason: tooLarge }, { cause: error });
      }
      const full = /No space left on device|Disk quota exceeded/.test(error.stderr);
      if (full) throw new TtError('DISK_FULL', { freeMiB: 0, wantedMiB: 1, subject: name }, { cause: error });
      const said = error.stderr.replaceAll(SOURCE, name).trim().slice(-500);
      const why = error.timedOut ? reason('tookTooLong') : quoted('reported', said || error.message);
      throw new TtError('IMAGE_CONVERT_FAILED', { source: name, reason: why }, { cause: error });
    }
  }

  /** The agent is root where it gave something away. */
  async #takeBack({ folder, source, target }: Conversion): Promise<void> {
    if (!this.#user) return;
    const own = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
    await chown(folder, own.uid, own.gid);
    // Something else may have been put there: what a link leads to is not taken.
    await lchown(path.join(folder, target), own.uid, own.gid).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    const made = await lstat(path.join(folder, target)).catch(() => null);
    if (made && !made.isFile()) {
      throw new TtError('IMAGE_CONVERT_FAILED', { source: path.basename(source), reason: reason('notPlainFile') });
    }
  }
}

/**
 * Sets its format and that it has no backing file, so that what its header names is not opened. Only two formats can name one.
 */
function sourceNode(format: DiskFormat): string {
  const below = format === 'qcow2' || format === 'vmdk' ? { backing: null } : {};
  return `json:${JSON.stringify({ driver: format, ...below, file: { driver: 'file', filename: SOURCE } })}`;
}
