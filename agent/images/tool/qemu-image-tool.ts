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
import type { ConvertJob, DiskFacts, DiskFormat, ImageTool, Work } from './interface.ts';
import { missingOfIso } from './iso-wholeness.ts';
import { lookAtQcow2 } from './qcow2-wholeness.ts';

const MIB = 1024 * 1024;
const INFO_TIMEOUT_MS = 30_000;
const CONVERT_TIMEOUT_MS = 4 * 60 * 60_000;
/** The source as qemu-img gets it: by its descriptor. */
const SOURCE = '/proc/self/fd/3';

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
    const sourcePath = path.join(job.folder, job.source);
    await refuseForeignFiles(sourcePath, job.format);
    await using source = await open(sourcePath);
    return await whileLent(source, this.#user, 'read', () => this.#convertOpen(job, source, work));
  }

  async #convertOpen(job: ConvertJob, source: FileHandle, work: Work): Promise<{ virtualBytes: number }> {
    if (this.#user) await chown(job.folder, this.#user.uid, this.#user.gid);
    try {
      const virtualBytes = await this.#checkInfo(job, source, work.signal);
      const options = ['-p', '-O', 'qcow2', '-o', 'compat=1.1', '--', sourceNode(job.format), job.target];
      await this.#run(['convert', ...options], job, source, {
        timeoutMs: CONVERT_TIMEOUT_MS,
        signal: work.signal,
        // A qcow2 of a full disk is a little larger than the disk.
        fileBytes: Math.min(job.maxBytes, Math.ceil(virtualBytes * 1.01) + 64 * MIB),
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

  async #checkInfo(job: ConvertJob, source: FileHandle, signal: AbortSignal): Promise<number> {
    const args = ['info', '--output=json', '--', sourceNode(job.format)];
    const { stdout } = await this.#run(args, job, source, { timeoutMs: INFO_TIMEOUT_MS, signal, fileBytes: 0 });
    const info = infoSchema.parse(JSON.parse(stdout));
    const refuse = (why: Reason) => new TtError('IMAGE_REFUSED', { source: job.source, reason: why });
    if (info['backing-filename'] !== undefined) throw refuse(reason('onOtherFile'));
    if (info.encrypted) throw refuse(reason('encrypted'));
    const virtualBytes = info['virtual-size'];
    if (virtualBytes <= 0) throw refuse(reason('emptyDisk'));
    if (virtualBytes > this.#maxVirtualBytes) {
      throw refuse(reason('diskTooLarge', { bytes: virtualBytes, maxBytes: this.#maxVirtualBytes }));
    }
    return virtualBytes;
  }

  async #run(
    args: string[],
    job: ConvertJob,
    source: FileHandle,
    options: { timeoutMs: number; fileBytes: number; signal: AbortSignal; onStdout?: (text: string) => void },
  ): Promise<{ stdout: string }> {
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
        throw new TtError('IMAGE_REFUSED', { source: job.source, reason: tooLarge }, { cause: error });
      }
      const full = /No space left on device|Disk quota exceeded/.test(error.stderr);
      if (full) throw new TtError('DISK_FULL', { freeMiB: 0, wantedMiB: 1, subject: job.source }, { cause: error });
      const said = error.stderr.replaceAll(SOURCE, job.source).trim().slice(-500);
      const why = error.timedOut ? reason('tookTooLong') : quoted('reported', said || error.message);
      throw new TtError('IMAGE_CONVERT_FAILED', { source: job.source, reason: why }, { cause: error });
    }
  }

  /** The agent is root where it gave something away. */
  async #takeBack({ folder, source, target }: ConvertJob): Promise<void> {
    if (!this.#user) return;
    const own = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
    await chown(folder, own.uid, own.gid);
    // Something else may have been put there: what a link leads to is not taken.
    await lchown(path.join(folder, target), own.uid, own.gid).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    const made = await lstat(path.join(folder, target)).catch(() => null);
    if (made && !made.isFile()) {
      throw new TtError('IMAGE_CONVERT_FAILED', { source, reason: reason('notPlainFile') });
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
