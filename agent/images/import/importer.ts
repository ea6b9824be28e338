// Imports an image: fetches, verifies, unpacks and converts it in a folder of its own, so that the image appears complete or not
// at all.
import { chmod, link, mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { reason, type Reason, TtError } from '@tt/protocol';
import { isDiskFull } from '../../host/disk-full.ts';
import { freeBytesBelow } from '../../host/file-system-space.ts';
import { RunError, runCommand } from '../../host/run-command.ts';
import { openInner, OutsideFolder } from '../inner-files.ts';
import { OpenFiles } from '../open-for-writing.ts';
import { makeTemporaryFolder } from '../../host/temporary-folder.ts';
import { type BudgetedWrite, isOverBudget } from '../../storage/budgeted-write.ts';
import { diskFullError } from '../../storage/disk-full-error.ts';
import type { DiskFormat, ImageTool, Work } from '../tool/interface.ts';
import { type Checksum, digestOf, verifyChecksum } from './checksum.ts';
import { download, type DownloadOptions, downloadText } from './download.ts';
import { unpackArchive } from './ova.ts';
import type { MachineFacts } from './ovf.ts';
import { PartialDownloads } from './partial-downloads.ts';
import { partialFile } from './partial-note.ts';
import { parseSourceUrl, publicUrl } from './source-url.ts';
import { sniffFormat } from './sniff.ts';
import { unpack } from './unpack.ts';
import type { StepProgress } from '../recipe.ts';
import type { StepCode } from '@tt/protocol';
import { reasonOf } from '../../host/reason-error.ts';

const MIB = 1024 * 1024;
const COPY_TIMEOUT_MS = 4 * 60 * 60_000;
/** A compressed OVA in a compressed file: no honest file has more layers than that. */
const MAX_LAYERS = 3;

export type ImportSource =
  /** A file of this host; copied, so that it may change afterwards. `within`: refused unless it is in this folder. */
  | { kind: 'file'; path: string; within?: string }
  /** A file of the agent's own; stays, for another try. */
  | { kind: 'upload'; path: string; name: string }
  /** `owner`: whose quota counts what has come, when it is interrupted; null: nobody's. */
  | { kind: 'url'; url: string; innerAllowed: boolean; owner: string | null };

export interface ImportRequest {
  source: ImportSource;
  checksum: Checksum | null;
  /** Overrules what the first bytes say: for raw disks without a partition table. */
  format: DiskFormat | null;
}

/** What came out, in a temporary folder. */
export type Imported =
  | { kind: 'disk'; file: string; virtualSizeMiB: number; machine: MachineFacts | null; from: string; sha256: string }
  | { kind: 'iso'; file: string; from: string };

export interface ImportWork {
  signal: AbortSignal;
  onProgress: (progress: StepProgress) => void;
  /** What all that is written may take; default: only the importer's own limit. */
  write?: BudgetedWrite;
}

export interface ImporterOptions {
  /** The image folder: work is done beside the images, so that moving is renaming. */
  directory: string;
  downloadDirectory: string;
  tool: ImageTool;
  /** Who unpacking programs run as; null: as the agent. */
  user: { uid: number; gid: number } | null;
  /** Largest file that is taken, packed or unpacked; default 256 GiB. */
  maxFileBytes?: number;
  /** For tests of cut links. */
  http?: Pick<DownloadOptions, 'retryMs' | 'idleMs'>;
}

export class ImageImporter {
  readonly #options: ImporterOptions;
  readonly #maxFileBytes: number;
  /** What was interrupted. */
  readonly downloads: PartialDownloads;

  constructor(options: ImporterOptions) {
    this.#options = options;
    this.downloads = new PartialDownloads(options.downloadDirectory);
    this.#maxFileBytes = options.maxFileBytes ?? 256 * 1024 * MIB;
  }

  /** Where it writes: images and downloads. */
  get folders(): readonly string[] {
    return [this.#options.directory, this.#options.downloadDirectory];
  }

  /** Runs `use` on the imported files; afterwards everything is removed except what `use` moved elsewhere. */
  async import<Result>(
    request: ImportRequest,
    work: ImportWork,
    use: (imported: Imported) => Promise<Result>,
  ): Promise<Result> {
    await mkdir(this.#options.directory, { recursive: true });
    const folder = await makeTemporaryFolder(path.join(this.#options.directory, '.import'));
    try {
      // Passable, as the tool's user has to reach the job's folder by it; nobody but the agent can list it.
      await chmod(folder, 0o711);
      return await use(await this.#importInto(folder, request, work));
    } catch (error) {
      work.signal.throwIfAborted();
      throw await this.#diskFull(error);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** A vendor's list of checksums. */
  text(url: string, signal: AbortSignal): Promise<string> {
    const options = { url, signal, innerAllowed: true, ...this.#options.http };
    return downloadText(options, this.#options.downloadDirectory);
  }

  async #importInto(folder: string, request: ImportRequest, work: ImportWork): Promise<Imported> {
    const { source, checksum } = request;
    const job = path.join(folder, 'job');
    await mkdir(job);
    let current = path.join(job, 'source');
    const from = await this.#fetch(source, current, work);
    if (checksum) await verifyChecksum(current, checksum, from, part('checking', work));
    let machine: MachineFacts | null = null;
    let known: DiskFormat | null = request.format;
    for (let layer = 0; ; layer++) {
      const format = known ?? (await sniffFormat(current));
      if (format === null) {
        throw refused(from, reason('noDiskImage'));
      }
      if (format === 'iso') return { kind: 'iso', file: current, from };
      if (format !== 'ova' && !isPacking(format)) {
        return { ...(await this.#convert(job, current, format, from, work)), machine, from };
      }
      if (layer === MAX_LAYERS) throw refused(from, reason('tooManyLayers'));
      const next = path.join(job, `layer-${layer}`);
      const { user } = this.#options;
      try {
        await this.#limited(next, work, async (maxBytes) => {
          if (format === 'ova') {
            ({ machine, format: known } = await unpackArchive(current, next, maxBytes, part('unpacking', work)));
          } else {
            await unpack({ source: current, target: next, packing: format, maxBytes, user }, part('unpacking', work));
          }
        });
      } catch (error) {
        throw renamed(error, from);
      }
      await rm(current);
      current = next;
    }
  }

  /** Puts the file at `target`; returns its display name. */
  async #fetch(source: ImportSource, target: string, work: ImportWork): Promise<string> {
    if (source.kind === 'upload') {
      work.onProgress({ step: 'copying', done: 0, total: 1 });
      await linkOrCopy(source.path, target, work.signal);
      return source.name;
    }
    if (source.kind === 'file') {
      await this.#copyFromHost(source, target, work);
      return path.basename(source.path);
    }
    const url = parseSourceUrl(source.url);
    const { downloadDirectory, http } = this.#options;
    const { innerAllowed, owner } = source;
    await this.downloads.run(source.url, async () => {
      const partial = partialFile(downloadDirectory, source.url);
      const file = await this.#limited(partial, work, (maxBytes) =>
        download(downloadDirectory, {
          url: source.url,
          owner,
          maxBytes,
          innerAllowed,
          ...http,
          ...part('downloading', work),
        }),
      ).catch(async (error: unknown) => {
        // What has come stays for another try, except where there is no space for it.
        if (isOverBudget(work.signal)) await this.downloads.drop(source.url);
        throw error;
      });
      await this.#limited(target, work, () => this.#move(file, target, work.signal));
    });
    work.signal.throwIfAborted();
    return publicUrl(url);
  }

  async #copyFromHost(
    { path: file, within }: { path: string; within?: string },
    target: string,
    work: ImportWork,
  ): Promise<void> {
    const name = path.basename(file);
    if (within !== undefined) {
      // What is open is what is copied: a link that was put there since the folder was looked at leads nowhere.
      await using inner = await openInner(within, file).catch((error: unknown) => {
        throw error instanceof OutsideFolder ? refused(name, reasonOf(error)) : error;
      });
      await this.#copyPlain(inner.path, name, target, work);
      return;
    }
    await this.#copyPlain(file, name, target, work);
  }

  async #copyPlain(file: string, name: string, target: string, work: ImportWork): Promise<void> {
    const facts = await stat(file).catch((error: NodeJS.ErrnoException) => {
      throw refused(name, error.code === 'ENOENT' ? reason('notThere') : reasonOf(error));
    });
    if (!facts.isFile()) throw refused(name, reason('notPlainFile'));
    if (await (await OpenFiles.now()).isWriting([file])) throw refused(name, reason('beingWritten'));
    work.onProgress({ step: 'copying', done: 0, total: 1 });
    await copy(file, target, work.signal);
  }

  /** Within a file system that is a rename. */
  async #move(file: string, target: string, signal: AbortSignal): Promise<void> {
    try {
      await rename(file, target);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
      await copy(file, target, signal);
      await rm(file);
    }
  }

  async #convert(
    job: string,
    source: string,
    format: DiskFormat,
    from: string,
    work: ImportWork,
  ): Promise<{ kind: 'disk'; file: string; virtualSizeMiB: number; sha256: string }> {
    const target = 'disk.qcow2';
    const converting = part('converting', work);
    const file = path.join(job, target);
    const { virtualBytes } = await this.#limited(file, work, (maxBytes) =>
      this.#options.tool.convert({ folder: job, source: path.basename(source), target, format, maxBytes }, converting),
    ).catch((error: unknown) => {
      throw renamed(error, from);
    });
    const { missing, needsOthers } = await this.#options.tool.lookAtDisk(file);
    const wrong = missing ?? needsOthers;
    if (wrong !== null) throw refused(from, wrong);
    const sha256 = await digestOf(file, 'sha256', part('checking', work));
    return { kind: 'disk', file, virtualSizeMiB: Math.ceil(virtualBytes / MIB), sha256 };
  }

  /** Makes one file, of at most so many bytes as it may have now. */
  #limited<Result>(
    target: string,
    { write }: ImportWork,
    make: (maxBytes: number) => Promise<Result>,
  ): Promise<Result> {
    const maxFileBytes = this.#maxFileBytes;
    return write ? write.part({ target, maxFileBytes }, make) : make(maxFileBytes);
  }

  async #diskFull(error: unknown): Promise<unknown> {
    const full = isDiskFull(error) || (error instanceof RunError && /No space left|quota exceeded/i.test(error.stderr));
    if (!full) return error;
    const { directory } = this.#options;
    return diskFullError(directory, freeBytesBelow(directory), 0, error);
  }
}

/** A second name of the file, where both are on one file system. */
async function linkOrCopy(file: string, target: string, signal: AbortSignal): Promise<void> {
  try {
    await link(file, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    await copy(file, target, signal);
  }
}

/** Sparse files stay sparse, and nothing is copied where the file system can share it. */
async function copy(file: string, target: string, signal: AbortSignal): Promise<void> {
  const args = ['--reflink=auto', '--sparse=always', '--', file, target];
  await runCommand('cp', args, { timeoutMs: COPY_TIMEOUT_MS, signal });
}

function isPacking(format: string): format is 'gzip' | 'xz' | 'zstd' | 'bzip2' {
  return ['gzip', 'xz', 'zstd', 'bzip2'].includes(format);
}

function refused(source: string, why: Reason): TtError {
  return new TtError('IMAGE_REFUSED', { source, reason: why });
}

/** The tool knows the file by the name it has in its folder; people know it by another. */
function renamed(error: unknown, source: string): unknown {
  if (!(error instanceof TtError)) return error;
  if (error.code !== 'IMAGE_REFUSED' && error.code !== 'IMAGE_CONVERT_FAILED') return error;
  return new TtError(error.code, { source, reason: reasonOf(error) }, { cause: error });
}

/** One part of the work, reported in whole percents instead of for each of a million chunks. */
function part(step: StepCode, { signal, onProgress }: ImportWork): Work {
  let last = -1;
  return {
    signal,
    onProgress({ done, total }) {
      const percent = total > 0 ? Math.floor((done / total) * 100) : 0;
      if (percent === last) return;
      last = percent;
      onProgress({ step, done: percent, total: 100 });
    },
  };
}
