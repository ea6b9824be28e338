// qemu-img as the storages use it. Disks and images are untrusted, so it runs confined (`../host/run-confined.ts`): as the user who
// owns the disk, or as a user who owns nothing.
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { whileLent } from '../host/lend-file.ts';
import { runConfined } from '../host/run-confined.ts';
import { giveFolder, ownUser } from './disk-owner.ts';
import { asToolFailure, COPY_TIMEOUT_MS, QUICK_TIMEOUT_MS, runDiskTool, type ToolOptions } from './disk-tool.ts';
import { StorageError } from './errors.ts';
import type { CopyOptions, CreateOptions, DiskOwner, DiskSource } from './interface.ts';
import { syncPath } from './plain-file.ts';
import { diskNode, resizeArguments } from './qcow2/arguments.ts';
import { readQcow2Header } from './qcow2/qcow2-header.ts';

const BYTES_PER_MIB = 1024 * 1024;
/** Source and target as qemu-img gets them: by their descriptors. */
const [SOURCE, TARGET] = ['/proc/self/fd/3', '/proc/self/fd/4'];

export interface QemuImgOptions {
  /** Default: `qemu-img` from PATH. */
  qemuImg?: string | undefined;
  /** Who reads files that are no VM's (images, capsules); null: as the agent, a root without rights. Default null. */
  toolUser?: DiskOwner | null | undefined;
}

export class QemuImg {
  readonly #command: string;
  readonly #toolUser: DiskOwner | null;

  constructor({ qemuImg = 'qemu-img', toolUser = null }: QemuImgOptions) {
    this.#command = qemuImg;
    this.#toolUser = toolUser;
  }

  /** Rejects with TOOL_MISSING. */
  async mustBeThere(): Promise<void> {
    await runDiskTool(this.#command, ['--version']);
  }

  /** Works on the disks of a VM, as their owner. Resolves with the standard output. Rejects as `runDiskTool` does. */
  run(args: readonly string[], { owner, ...options }: ToolOptions & { owner: DiskOwner }): Promise<string> {
    return this.#run(args, { ...options, user: owner.uid === ownUser().uid ? null : owner });
  }

  /** As `run`, of a `qemu-img … -p`, which prints how far it is. */
  async copy(
    args: readonly string[],
    { cwd, owner, ...options }: CopyOptions & { cwd: string; owner: DiskOwner },
  ): Promise<void> {
    await this.run(args, { cwd, owner, ...copying(options) });
  }

  /**
   * Copies an image to an existing empty raw disk. Synced to the host's disk when it resolves. With `standalone` the source
   * belongs to the agent, and is lent meanwhile.
   */
  async fillRaw(source: DiskSource, target: string, options: CreateOptions): Promise<void> {
    const isPrivate = options.standalone === true;
    await using from = await this.#openSource(source, isPrivate);
    await using to = await open(target, 'r+');
    const { size } = await to.stat();
    const fill = async () => {
      // -n: the disk is there; what the source does not say is zero in it.
      const args = ['convert', '-p', '-n', '--target-is-zero', '-O', 'raw', ...sourceArguments(source), TARGET];
      // A device has no size of a file, and can't grow.
      const limit = size === 0 ? {} : { fileBytes: size };
      await this.#run(args, { ...copying(options), ...limit, user: this.#toolUser, files: [from.fd, to.fd] });
    };
    const lent = () => whileLent(from, isPrivate ? this.#toolUser : null, 'read', fill);
    await whileLent(to, this.#toolUser, 'write', lent);
    await syncPath(target);
  }

  /**
   * Copies an image to a new self-contained qcow2 disk. `diskPath` is in a separate folder, which belongs to the tool's user
   * meanwhile. The source belongs to the agent, and is lent meanwhile.
   */
  async makeStandalone(diskPath: string, source: DiskSource, sizeMiB: number, options: CopyOptions): Promise<void> {
    const [cwd, file, user] = [path.dirname(diskPath), path.basename(diskPath), this.#toolUser];
    await using from = await this.#openSource(source, true);
    if (user) await giveFolder(cwd, user);
    const fileBytes = Math.ceil(sizeMiB * BYTES_PER_MIB * 1.01) + 64 * BYTES_PER_MIB;
    const where = { cwd, user, fileBytes };
    const args = ['convert', '-p', '-O', 'qcow2', ...sourceArguments(source), file];
    const copy = { ...copying(options), ...where, files: [from.fd] };
    await whileLent(from, user, 'read', () => this.#run(args, copy));
    await this.#run(resizeArguments(file, sizeMiB), where);
    // Refuses what is no plain file. What is in it was written by a program that read what others made.
    if (user) await giveFolder(cwd, ownUser());
    const made = readQcow2Header(diskPath);
    if (made.backing || made.hasDataFile || made.virtualBytes !== sizeMiB * BYTES_PER_MIB) {
      throw new StorageError('STORAGE_FAILED', `the copy of ${source.path} is not what was asked for`);
    }
  }

  /**
   * Its owner may be a user of the host who replaced it by a link: unless the agent owns it, the tool's user must have access.
   */
  async #openSource({ path: file }: DiskSource, isPrivate: boolean): Promise<FileHandle> {
    const handle = await open(file, 'r');
    if (this.#toolUser === null || isPrivate) return handle;
    const { mode, uid } = await handle.stat();
    if ((mode & 0o004) !== 0 || uid === this.#toolUser.uid) return handle;
    await handle.close();
    throw new StorageError('STORAGE_FAILED', `the image ${file} is not readable for everybody: chmod o+r ${file}`);
  }

  async #run(args: readonly string[], { user, fileBytes = null, ...options }: RunRequest): Promise<string> {
    try {
      const run = { timeoutMs: QUICK_TIMEOUT_MS, ...options, user, fileBytes };
      return (await runConfined(this.#command, args, run)).stdout;
    } catch (error) {
      throw asToolFailure(error);
    }
  }
}

type RunRequest = Omit<ToolOptions, 'owner'> & { user: DiskOwner | null; fileBytes?: number | null };

function sourceArguments({ format }: DiskSource): string[] {
  return format === 'raw' ? ['-f', 'raw', '--', SOURCE] : ['--', diskNode(SOURCE, null)];
}

function copying({ signal, onProgress }: CopyOptions): ToolOptions {
  return {
    ...(signal && { signal }),
    timeoutMs: COPY_TIMEOUT_MS,
    onStdout: (text) => {
      const percent = lastPercent(text);
      if (percent !== null) onProgress?.(percent, 100);
    },
  };
}

/** `    (12.34/100%)` after each step. */
function lastPercent(text: string): number | null {
  const last = [...text.matchAll(/\((\d+(?:\.\d+)?)\/100%\)/g)].at(-1)?.[1];
  return last === undefined ? null : Number(last);
}
