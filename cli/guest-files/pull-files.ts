// Gets files of one guest into a folder of this computer: they are listed, looked at, and then fetched in downloads of many files.
import { downloadTo, type Found, inCalls, planFetch, type WantedFile, whilePacked } from '@tt/client';
import type { NodeConnection } from '@tt/client/node';
import { dropTransfer } from '../drop-transfer.ts';
import { type FetchedFile, type TtClient, TtError } from '@tt/protocol';
import { runOperation } from '../run-operation.ts';
import { FetchFolder, type FetchedPart } from './fetched-files.ts';

export interface PullRequest {
  vm: { id: string; name: string };
  /** Absolute, or patterns (glob(7)). */
  paths: readonly string[];
  /** Of this VM. */
  folder: string;
  force: boolean;
  more: { user?: string; timeoutS?: number };
  onProgress: (bytes: number) => void;
}

export interface Pulled {
  files: (FetchedFile & { file: string })[];
  leftOut: string[];
}

/** All that is asked for, or as much as came until it failed; no file is half there. */
export async function pullFiles(connection: NodeConnection, request: PullRequest): Promise<Pulled> {
  const { vm, force } = request;
  const found = await findAll(connection, request);
  const plan = planFetch(vm.name, found, { isWindows: process.platform === 'win32' });
  const folder = new FetchFolder(request.folder, { force });
  for (const { inner } of plan.files) await folder.mustBeFree(inner);
  await folder.makeFolder('');
  for (const inner of plan.folders) await folder.makeFolder(inner);
  const files: Pulled['files'] = [];
  for (const wanted of inCalls(plan.files, ({ guestPath }) => guestPath.length)) {
    if (wanted.length === 0) break;
    const fetched = await fetchSome(connection, request, folder, wanted);
    files.push(...fetched.map((file, index) => ({ ...file, file: folder.pathOf(wanted[index]?.inner ?? '') })));
  }
  return { files, leftOut: plan.leftOut };
}

/** Of one guest, however many lists they are in: all are held in memory, and a guest can list whatever it likes. */
const MOST_FOUND = { files: 200_000, characters: 32 * 1024 * 1024 };

/** Throws GUEST_FILE_MISSING for a path that matches nothing, and GUEST_FILES_TOO_MANY. */
export async function findAll(
  { client }: { client: Pick<TtClient, 'guestFile'> },
  { vm, paths, more }: Pick<PullRequest, 'vm' | 'paths' | 'more'>,
): Promise<Found[]> {
  const found: Found[] = [];
  const left = { ...MOST_FOUND };
  const list = async (path: string, what: 'pattern' | 'tree') => {
    const { entries } = await client.guestFile.list({ vmId: vm.id, path, what, ...more });
    left.files -= entries.length;
    left.characters -= entries.reduce((sum, entry) => sum + entry.path.length, 0);
    if (left.files < 0 || left.characters < 0) {
      throw new TtError('GUEST_FILES_TOO_MANY', { vmName: vm.name, path, most: MOST_FOUND.files });
    }
    return entries;
  };
  for (const path of paths) {
    const entries = await list(path, 'pattern');
    if (entries.length === 0) throw new TtError('GUEST_FILE_MISSING', { vmName: vm.name, path });
    for (const named of entries) {
      // What is listed was named by the guest: asked for again, it must be a path that can be.
      const isFolder = named.kind === 'folder';
      if (!isAbsolute(named.path)) throw new TtError('GUEST_LIST_INVALID', { vmName: vm.name, path: named.path });
      found.push({ named, below: isFolder ? await list(named.path, 'tree') : [] });
    }
  }
  return found;
}

function isAbsolute(path: string): boolean {
  return path.startsWith('/') && !path.includes('\0') && !path.split('/').some((part) => part === '.' || part === '..');
}

async function fetchSome(
  connection: NodeConnection,
  request: PullRequest,
  folder: FetchFolder,
  wanted: readonly WantedFile[],
): Promise<FetchedFile[]> {
  const { client } = connection;
  const { id: transferId } = await client.transfer.reserve({});
  const writer = new FilesWriter(folder, wanted, request.onProgress);
  try {
    const files = wanted.map(({ guestPath: path, sizeBytes }) => ({ path, sizeBytes }));
    const get = (operationId: string) =>
      client.guestFile.get({ operationId, vmId: request.vm.id, transferId, files, ...request.more });
    const getting = runOperation(connection, get, { isShown: false });
    const { packed, fetched } = await whilePacked(getting, (signal) =>
      downloadTo(connection, { id: transferId }, 0, (bytes) => writer.take(bytes), { signal }),
    );
    if (fetched.status === 'rejected') throw fetched.reason;
    await writer.finish(packed.files);
    return packed.files;
  } finally {
    await writer.drop();
    await dropTransfer(connection, transferId);
  }
}

/** Parts the bytes of a download into its files, which come one after the other. */
class FilesWriter {
  readonly #folder: FetchFolder;
  readonly #wanted: readonly WantedFile[];
  readonly #onProgress: (bytes: number) => void;
  readonly #parts: FetchedPart[] = [];
  #current: { part: FetchedPart; leftBytes: number; mode: number } | null = null;

  constructor(folder: FetchFolder, wanted: readonly WantedFile[], onProgress: (bytes: number) => void) {
    this.#folder = folder;
    this.#wanted = wanted;
    this.#onProgress = onProgress;
  }

  async take(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const current = this.#current ?? (await this.#next());
      const count = Math.min(bytes.length - at, current.leftBytes);
      await current.part.write(bytes.subarray(at, at + count));
      at += count;
      current.leftBytes -= count;
      if (current.leftBytes === 0) await this.#end(current);
    }
    this.#onProgress(bytes.length);
  }

  /** Each gets its name. */
  async finish(files: readonly FetchedFile[]): Promise<void> {
    while (this.#parts.length < this.#wanted.length) await this.#end(await this.#next());
    for (const [index, part] of this.#parts.entries()) {
      const file = files[index];
      if (!file) throw new RangeError('the agent tells of fewer files than it was asked for');
      await part.finish(file);
    }
  }

  /** Nothing is left of those without a name. */
  async drop(): Promise<void> {
    for (const part of this.#parts) await part.drop();
  }

  /** Empty files have no byte that would begin them. */
  async #next() {
    for (;;) {
      const wanted = this.#wanted[this.#parts.length];
      if (!wanted) throw new RangeError('the agent sends more than it was asked for');
      const part = await this.#folder.begin(wanted.inner);
      this.#parts.push(part);
      const begun = { part, leftBytes: wanted.sizeBytes, mode: wanted.mode };
      this.#current = begun;
      if (wanted.sizeBytes > 0 || this.#parts.length === this.#wanted.length) return begun;
      await this.#end(begun);
    }
  }

  async #end({ part, mode }: { part: FetchedPart; mode: number }): Promise<void> {
    await part.close(mode);
    this.#current = null;
  }
}
