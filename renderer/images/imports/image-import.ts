// One file on its way to the agent to become an image: sent from where the agent has it, checked first where the file was chosen again.
// What follows once it has arrived is the store's.
import { blobSource, checkSent, type UploadSource, uploadFile, type ReadableFile } from '@tt/client';
import { type ErrorRecord, toErrorRecord, type Transfer, type TtError } from '@tt/protocol';
import { action, makeObservable, observable, observableRef } from 'mobx';
import { asTtError } from '../../activity/operation-store.ts';
import type { Bridge } from '../../bridge.ts';
import type { ImportNote, ImportRequest } from './import-notes.ts';
import { TransferRate } from './transfer-rate.ts';

/**
 * waiting: another file is sent first. checking: what was sent is compared with the file. stopped: see `failure` and `needsFile`.
 * making: all of it has arrived, the agent makes the image.
 */
export type ImportPhase = 'waiting' | 'checking' | 'sending' | 'stopped' | 'making';

/** Each acknowledged frame, hundreds a second, would draw the row anew. */
const SHOW_EVERY_MS = 200;

/** After these the link is what has to come back; nothing is wrong with the file. */
const LINK_FAILURES: readonly string[] = ['AGENT_GONE', 'AGENT_UNREACHABLE'];
/** After these another file has to be chosen. */
const FILE_FAILURES: readonly string[] = ['FILE_UNUSABLE', 'TRANSFER_OTHER_FILE'];

export interface Passage {
  doneBytes: number;
  totalBytes: number;
  /** null while it is not known. */
  bytesPerS: number | null;
  leftMs: number | null;
}

export class ImageImport {
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly request: ImportRequest;
  phase: ImportPhase = 'waiting';
  passage: Passage;
  /** Why it has stopped; null: the window was reloaded. */
  failure: ErrorRecord | null = null;
  /** It can't be continued before the file was chosen (again). */
  needsFile: boolean;
  /** Of the upload; the agent may give it another one. */
  transferId: string;
  readonly #bridge: Bridge;
  readonly #rate: TransferRate;
  #file: ReadableFile | null;
  /** The file was chosen again: nobody knows yet whether it is the same. */
  #isDoubtful = false;
  #shownAtMs = 0;
  readonly #abort = new AbortController();
  /** Resolves when nothing is asked of the agent for it any more. */
  #sent: Promise<unknown> = Promise.resolve();

  /** `from`: the file, or what the agent has of one that an earlier window has begun. */
  constructor(
    bridge: Bridge,
    note: Omit<ImportNote, 'notedAt'>,
    from: { file: ReadableFile } | { transfer: Pick<Transfer, 'state' | 'doneBytes'> },
  ) {
    const { transferId, fileName, sizeBytes, request } = note;
    this.#bridge = bridge;
    this.#rate = new TransferRate();
    const transfer = 'transfer' in from ? from.transfer : null;
    this.#file = 'file' in from ? from.file : null;
    this.transferId = transferId;
    this.fileName = fileName;
    this.sizeBytes = sizeBytes;
    this.request = request;
    this.passage = { doneBytes: transfer?.doneBytes ?? 0, totalBytes: sizeBytes, bytesPerS: null, leftMs: null };
    // What has arrived whole is made an image without the file.
    this.needsFile = transfer?.state === 'open';
    if (transfer) this.phase = 'stopped';
    makeObservable(this, {
      phase: observable,
      passage: observableRef,
      failure: observableRef,
      needsFile: observable,
    });
  }

  get isCancelled(): boolean {
    return this.#abort.signal.aborted;
  }

  /** It stopped because the link was lost, and goes on when that is back. */
  get waitsForLink(): boolean {
    return this.phase === 'stopped' && this.failure !== null && LINK_FAILURES.includes(this.failure.code);
  }

  /** The file, chosen again. */
  readonly takeFile = action((file: ReadableFile): void => {
    this.#file = file;
    this.#isDoubtful = true;
    this.needsFile = false;
  });

  /** It takes its place among those that are sent. */
  readonly wait = action((): void => {
    this.phase = 'waiting';
    this.failure = null;
  });

  /** True when the agent has all of it. Never rejects: why it has stopped is in `failure`. */
  send(): Promise<boolean> {
    const sent = this.#send();
    this.#sent = sent;
    return sent;
  }

  async #send(): Promise<boolean> {
    const file = this.#file;
    // An earlier window has sent all of it.
    if (!file && !this.needsFile) return true;
    if (!file || this.isCancelled) return false;
    const { signal } = this.#abort;
    const blob = blobSource(file);
    const read: UploadSource['read'] = (offset, length) => unlessAborted(blob.read(offset, length), signal);
    const source = { ...blob, fileName: this.fileName, read };
    try {
      if (this.#isDoubtful) await this.#check(source);
      this.#to('sending');
      this.#rate.restart(this.passage.doneBytes);
      const onProgress = (done: number) => this.#show(done);
      const { id } = await uploadFile(this.#bridge, source, this.transferId, { signal, onProgress });
      this.transferId = id;
      return true;
    } catch (error) {
      if (!this.isCancelled) this.stop(asTtError(error));
      return false;
    }
  }

  /** Compares what the agent has with the file. */
  async #check(source: UploadSource): Promise<void> {
    this.#to('checking');
    const { signal } = this.#abort;
    this.#rate.restart(0);
    await checkSent(this.#bridge, source, await this.#begun(), { signal, onProgress: (done) => this.#show(done) });
    this.#isDoubtful = false;
  }

  /** What the agent has of it; nothing once it has removed that. */
  async #begun(): Promise<Pick<Transfer, 'id' | 'sizeBytes' | 'doneBytes'>> {
    const { transferId, sizeBytes } = this;
    try {
      return await this.#bridge.client.transfer.status({ transferId });
    } catch (error) {
      if (asTtError(error).code === 'TRANSFER_NOT_FOUND') return { id: transferId, sizeBytes, doneBytes: 0 };
      throw error;
    }
  }

  readonly stop = action((error: TtError): void => {
    this.phase = 'stopped';
    this.failure = toErrorRecord(error);
    if (FILE_FAILURES.includes(error.code)) {
      this.#file = null;
      this.needsFile = true;
    }
  });

  readonly make = action((): void => {
    this.phase = 'making';
  });

  /** Resolves when nothing more of it is sent. */
  async cancel(): Promise<void> {
    this.#abort.abort();
    await this.#sent;
  }

  readonly #to = action((phase: ImportPhase): void => {
    this.phase = phase;
    this.failure = null;
  });

  readonly #show = action((doneBytes: number): void => {
    const now = performance.now();
    if (doneBytes < this.sizeBytes && now - this.#shownAtMs < SHOW_EVERY_MS) return;
    this.#shownAtMs = now;
    this.#rate.look(doneBytes);
    const totalBytes = this.sizeBytes;
    this.passage = {
      doneBytes,
      totalBytes,
      bytesPerS: this.#rate.bytesPerS,
      leftMs: this.#rate.leftMs(totalBytes),
    };
  });
}

/** A file on a drive that hangs must not keep a cancelled import, and those behind it. */
async function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(new DOMException('The import was stopped.', 'AbortError'));
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
