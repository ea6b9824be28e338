// qemu-img for images that come from anybody: the format is always named, the process has limits of memory, time and file
// size, and where the agent is root it runs as a user of its own in a folder that holds nothing but the job.
import { chmod, chown, lchown, lstat, realpath } from 'node:fs/promises';
import path from 'node:path';
import { quoted, reason, type Reason, TtError } from '@tt/protocol';
import { z } from 'zod';
import { RunError, runCommand } from '../../host/run-command.ts';
import { refuseForeignFiles } from '../import/foreign-files.ts';
import type { ConvertJob, DiskFacts, ImageTool, Work } from './interface.ts';
import { missingOfIso } from './iso-wholeness.ts';
import { lookAtQcow2 } from './qcow2-wholeness.ts';

const MIB = 1024 * 1024;
const INFO_TIMEOUT_MS = 30_000;
const CONVERT_TIMEOUT_MS = 4 * 60 * 60_000;
/** qemu-img takes some 100 MiB; a table that a hostile file makes large must not take the host's memory. */
const MEMORY_BYTES = 2048 * MIB;
/** A qcow2 grows by clusters and tables, so it may end so much before its limit. */
const NEAR_LIMIT_BYTES = 4 * MIB;
const CPU_SECONDS = 4 * 60 * 60;

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
    await this.#giveFolder(job.folder, sourcePath);
    try {
      const virtualBytes = await this.#checkInfo(job, work.signal);
      const options = ['-p', '-f', job.format, '-O', 'qcow2', '-o', 'compat=1.1', job.source, job.target];
      await this.#run(['convert', ...options], job, {
        timeoutMs: CONVERT_TIMEOUT_MS,
        signal: work.signal,
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

  async #checkInfo(job: ConvertJob, signal: AbortSignal): Promise<number> {
    const args = ['info', '--output=json', '-f', job.format, job.source];
    const { stdout } = await this.#run(args, job, { timeoutMs: INFO_TIMEOUT_MS, signal });
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
    options: { timeoutMs: number; signal: AbortSignal; onStdout?: (text: string) => void },
  ): Promise<{ stdout: string }> {
    // A qcow2 of a full disk is a little larger than the disk.
    const fileBytes = Math.min(job.maxBytes, Math.ceil(this.#maxVirtualBytes * 1.01) + 64 * MIB);
    const limits = [`--as=${MEMORY_BYTES}`, `--cpu=${CPU_SECONDS}`, `--fsize=${fileBytes}`, '--core=0'];
    try {
      return await runCommand('prlimit', [...limits, '--', this.#command, ...args], {
        ...options,
        cwd: job.folder,
        maxOutputBytes: MIB,
        ...(this.#user && { user: this.#user }),
      });
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      // Some versions of QEMU ignore SIGXFSZ, others die of it.
      const grown = await sizeOf(path.join(job.folder, job.target));
      if (/File too large/.test(error.stderr) || (error.exitCode === null && grown >= fileBytes - NEAR_LIMIT_BYTES)) {
        const tooLarge = reason('fileTooLarge', { maxBytes: fileBytes });
        throw new TtError('IMAGE_REFUSED', { source: job.source, reason: tooLarge }, { cause: error });
      }
      const full = /No space left on device|Disk quota exceeded/.test(error.stderr);
      if (full) throw new TtError('DISK_FULL', { freeMiB: 0, wantedMiB: 1, subject: job.source }, { cause: error });
      const why = error.timedOut
        ? reason('tookTooLong')
        : quoted('reported', error.stderr.trim().slice(-500) || error.message);
      throw new TtError('IMAGE_CONVERT_FAILED', { source: job.source, reason: why }, { cause: error });
    }
  }

  async #giveFolder(folder: string, sourcePath: string): Promise<void> {
    if (!this.#user) return;
    const { uid, gid } = this.#user;
    await chown(sourcePath, uid, gid);
    await chmod(sourcePath, 0o400);
    await chown(folder, uid, gid);
  }

  /** The agent is root where it gave something away. */
  async #takeBack({ folder, source, target }: ConvertJob): Promise<void> {
    if (!this.#user) return;
    const own = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
    await chown(folder, own.uid, own.gid);
    for (const name of [source, target]) {
      // Something else may have been put there: what a link leads to is not taken.
      await lchown(path.join(folder, name), own.uid, own.gid).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    }
    const made = await lstat(path.join(folder, target)).catch(() => null);
    if (made && !made.isFile()) {
      throw new TtError('IMAGE_CONVERT_FAILED', { source, reason: reason('notPlainFile') });
    }
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await lstat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
