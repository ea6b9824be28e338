// Fetches files of one guest in downloads of many files each, whose bytes come one file after the other, and parts them into files
// again. What a target has of a file already is not sent again.
import type { FetchedFile, TtClient } from '@tt/protocol';
import { dropTransfer } from './drop-transfer.ts';
import { inCalls, type WantedFile } from './guest-list.ts';
import { downloadTo, whilePacked } from './transfer.ts';
import type { TransferLink } from './transfer-link.ts';

type GetInput = Parameters<TtClient['guestFile']['get']>[0];
type GetAnswer = Awaited<ReturnType<TtClient['guestFile']['get']>>;

/** Where files come to. */
export interface FetchTarget {
  /** How many bytes of the file are there already, from its beginning on. */
  haveBytes(file: WantedFile): Promise<number>;
  /** Called for one file after the other. */
  begin(file: WantedFile, haveBytes: number): Promise<FileSink>;
}

/** One file while it comes. */
export interface FileSink {
  write(bytes: Uint8Array): Promise<void>;
  /** No more comes. */
  close(): Promise<void>;
  /** Gives it its name. False: what was there was of something else, and is gone; all of it must come. */
  finish(file: FetchedFile): Promise<boolean>;
  /** Called at the end in any case. `error` is why it may have no name. */
  drop(error: unknown): Promise<void>;
}

export interface FetchRequest {
  vmId: string;
  files: readonly WantedFile[];
  more: Partial<Pick<GetInput, 'user' | 'timeoutS'>>;
  signal?: AbortSignal;
  onProgress: (bytes: number) => void;
}

/** `get` runs guestFile.get as an operation. Rejects with the coded error; what came until then has its name or was dropped. */
export async function fetchGuestFiles(
  link: TransferLink,
  request: FetchRequest,
  target: FetchTarget,
  get: (input: Omit<GetInput, 'operationId'>) => Promise<GetAnswer>,
): Promise<FetchedFile[]> {
  const fetched: FetchedFile[] = [];
  for (const wanted of inCalls(request.files, ({ guestPath }) => guestPath.length)) {
    if (wanted.length === 0) break;
    const { files, again } = await fetchSome(link, request, target, get, wanted);
    if (again.length > 0) await fetchSome(link, request, target, get, again);
    fetched.push(...files);
  }
  return fetched;
}

async function fetchSome(
  link: TransferLink,
  { vmId, more, signal, onProgress }: FetchRequest,
  target: FetchTarget,
  get: (input: Omit<GetInput, 'operationId'>) => Promise<GetAnswer>,
  wanted: readonly WantedFile[],
): Promise<{ files: FetchedFile[]; again: WantedFile[] }> {
  const have: number[] = [];
  for (const file of wanted) have.push(await target.haveBytes(file));
  const call = signal ? { signal } : {};
  const { id: transferId } = await link.client.transfer.reserve({}, call);
  const parts = new FilesOfDownload(target, wanted, have, onProgress);
  let failure: unknown = null;
  try {
    const files = wanted.map(({ guestPath: path, sizeBytes }, index) => {
      const fromByte = have[index] ?? 0;
      return { path, sizeBytes, ...(fromByte > 0 && { fromByte }) };
    });
    const getting = get({ vmId, transferId, files, ...more });
    const { packed, fetched } = await whilePacked(getting, (ended) =>
      downloadTo(link, { id: transferId }, 0, (bytes) => parts.take(bytes), {
        signal: signal ? AbortSignal.any([signal, ended]) : ended,
      }),
    );
    if (fetched.status === 'rejected') throw fetched.reason;
    return { files: packed.files, again: await parts.finish(packed.files) };
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    await parts.drop(failure);
    await dropTransfer(link, transferId);
  }
}

/** Parts the bytes of a download into its files, which come one after the other. */
class FilesOfDownload {
  readonly #target: FetchTarget;
  readonly #wanted: readonly WantedFile[];
  readonly #have: readonly number[];
  readonly #onProgress: (bytes: number) => void;
  readonly #sinks: FileSink[] = [];
  #current: { sink: FileSink; leftBytes: number } | null = null;

  constructor(
    target: FetchTarget,
    wanted: readonly WantedFile[],
    have: readonly number[],
    onProgress: (bytes: number) => void,
  ) {
    this.#target = target;
    this.#wanted = wanted;
    this.#have = have;
    this.#onProgress = onProgress;
  }

  async take(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const current = this.#current ?? (await this.#next());
      const count = Math.min(bytes.length - at, current.leftBytes);
      if (count > 0) await current.sink.write(bytes.subarray(at, at + count));
      at += count;
      current.leftBytes -= count;
      if (current.leftBytes === 0) await this.#end(current.sink);
    }
    this.#onProgress(bytes.length);
  }

  /** Each gets its name; those that must come again are given back. */
  async finish(files: readonly FetchedFile[]): Promise<WantedFile[]> {
    while (this.#sinks.length < this.#wanted.length) await this.#end((await this.#next()).sink);
    const again: WantedFile[] = [];
    for (const [index, sink] of this.#sinks.entries()) {
      const file = files[index];
      const wanted = this.#wanted[index];
      if (!file || !wanted) throw new RangeError('the agent tells of fewer files than it was asked for');
      if (!(await sink.finish(file))) again.push(wanted);
    }
    return again;
  }

  async drop(error: unknown): Promise<void> {
    for (const sink of this.#sinks) await sink.drop(error);
  }

  /** Files of which nothing is to come have no byte that would begin them. */
  async #next() {
    for (;;) {
      const index = this.#sinks.length;
      const wanted = this.#wanted[index];
      if (!wanted) throw new RangeError('the agent sends more than it was asked for');
      const haveBytes = this.#have[index] ?? 0;
      const sink = await this.#target.begin(wanted, haveBytes);
      this.#sinks.push(sink);
      const begun = { sink, leftBytes: wanted.sizeBytes - haveBytes };
      this.#current = begun;
      if (begun.leftBytes > 0 || this.#sinks.length === this.#wanted.length) return begun;
      await this.#end(sink);
    }
  }

  async #end(sink: FileSink): Promise<void> {
    await sink.close();
    this.#current = null;
  }
}
