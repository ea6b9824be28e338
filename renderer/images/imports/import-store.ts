// Imports of files from this window: they go on whatever page is shown, one file after the other, come back after a lost link, and
// are found again after a reload. Each ends with the operation that makes the image.
import { dropTransfer, type ReadableFile } from '@tt/client';
import { type ErrorRecord, toErrorRecord, type Transfer } from '@tt/protocol';
import { action, computed, makeObservable, observable, observableRef, reaction, runInAction } from 'mobx';
import { asTtError, type OperationStore } from '../../activity/operation-store.ts';
import { operationWords } from '../../activity/operation-words.ts';
import type { Bridge } from '../../bridge.ts';
import type { LinkStore } from '../../state/link-store.ts';
import { ImageImport } from './image-import.ts';
import { ImportNotes, type ImportRequest, type NotesPlace } from './import-notes.ts';

/** Nothing is wrong with the file: what was sent is kept, and can be used when the reason has gone. */
const KEPT_AFTER: readonly string[] = [
  'IMAGE_NAME_TAKEN',
  'QUOTA_EXCEEDED',
  'TEAM_QUOTA_EXCEEDED',
  'LIMIT_REACHED',
  'DISK_FULL',
  'AGENT_GONE',
  'AGENT_UNREACHABLE',
];

export class ImportStore {
  /** Why nobody knows what an earlier window has left; null: it is known, or will be asked once the link is up. */
  failure: ErrorRecord | null = null;
  readonly #imports = observable.set<ImageImport>([], { deep: false });
  readonly #bridge: Bridge;
  readonly #operations: OperationStore;
  readonly #link: LinkStore;
  readonly #notes: ImportNotes;
  /** Ends with the last file that was asked to be sent: two at once would only share the line. */
  #turn: Promise<unknown> = Promise.resolve();
  #hasLooked = false;

  constructor(bridge: Bridge, operations: OperationStore, link: LinkStore, place: NotesPlace | null) {
    this.#bridge = bridge;
    this.#operations = operations;
    this.#link = link;
    this.#notes = new ImportNotes(place);
    makeObservable(this, { all: computed, sending: computed, failure: observableRef });
  }

  /** Oldest first; those that the agent makes into images are shown as operations. */
  get all(): ImageImport[] {
    return [...this.#imports].filter(({ phase }) => phase !== 'making');
  }

  /** The one that is being sent or compared now. */
  get sending(): ImageImport | null {
    return this.all.find(({ phase }) => phase === 'sending' || phase === 'checking') ?? null;
  }

  /** Whether an import of this window will have this name. */
  isTaken(name: string): boolean {
    return [...this.#imports].some(({ request }) => request.name === name);
  }

  /** True when its image is there; false when it has stopped, failed or was cancelled. */
  begin(file: ReadableFile, request: ImportRequest): Promise<boolean> {
    const note = { transferId: crypto.randomUUID(), fileName: file.name, sizeBytes: file.size, request };
    const one = new ImageImport(this.#bridge, note, { file });
    this.#notes.put(note);
    this.#add(one);
    return this.#run(one);
  }

  /** `file`: chosen again where that is needed. */
  resume(one: ImageImport, file: ReadableFile | null = null): Promise<boolean> {
    if (one.phase !== 'stopped') return Promise.resolve(false);
    if (file) one.takeFile(file);
    return this.#run(one);
  }

  /** Nothing of it is kept; where the agent can't be told now, it removes it later. */
  async cancel(one: ImageImport): Promise<void> {
    const ended = one.cancel();
    this.#remove(one);
    await ended;
    await this.#drop(one);
  }

  /** Looks for what an earlier window has left; the answer ends all that is under way, to be found by the next one. */
  start(): () => void {
    this.#hasLooked = false;
    const stop = reaction(
      () => this.#link.up,
      (up) => void (up && this.#comeBack()),
      { fireImmediately: true },
    );
    return () => {
      stop();
      for (const one of this.#imports) void one.cancel();
      runInAction(() => this.#imports.clear());
    };
  }

  async #run(one: ImageImport): Promise<boolean> {
    one.wait();
    const before = this.#turn;
    const sent = before.then(() => one.send());
    this.#turn = sent;
    if (!(await sent) || one.isCancelled) return false;
    return this.#make(one);
  }

  async #make(one: ImageImport): Promise<boolean> {
    const { request, transferId } = one;
    one.make();
    const subject = { imageName: request.name };
    const outcome = await this.#operations.run('image.import', subject, (operationId) =>
      this.#bridge.client.image.import({ ...request, operationId, source: { kind: 'upload', transferId } }),
    );
    if (!outcome.ok && KEPT_AFTER.includes(outcome.error.code)) {
      // Its row says why, and what can be done.
      one.stop(outcome.error);
      return false;
    }
    this.#remove(one);
    if (outcome.ok) return true;
    this.#operations.tellFailure(operationWords({ kind: 'image.import', subject }), outcome.error);
    await this.#drop(one);
    return false;
  }

  /** The link is there (again): what it stopped goes on, and what an earlier window has left is shown. */
  async #comeBack(): Promise<void> {
    try {
      const { transfers } = await this.#bridge.client.transfer.list();
      const known = new Map(transfers.map((transfer) => [transfer.id, transfer]));
      for (const one of this.all) if (one.waitsForLink) this.#goOn(one, known.get(one.transferId));
      if (!this.#hasLooked) this.#findLeft(known);
      this.#hasLooked = true;
      this.#fail(null);
    } catch (error) {
      // The next time the link comes back it is asked again.
      this.#fail(toErrorRecord(asTtError(error)));
    }
  }

  #goOn(one: ImageImport, transfer: Transfer | undefined): void {
    const hadAll = one.passage.doneBytes === one.sizeBytes;
    // The agent went on with what it had: its operation says how that ends.
    if (transfer?.state === 'inUse' || (!transfer && hadAll)) this.#remove(one);
    else void this.#run(one);
  }

  /** Those of another agent, or of another user, are not in the list, and their notes wait for them. */
  #findLeft(known: ReadonlyMap<string, Transfer>): void {
    const here = new Set([...this.#imports].map(({ transferId }) => transferId));
    for (const note of this.#notes.all()) {
      const transfer = known.get(note.transferId);
      if (!transfer || here.has(note.transferId)) continue;
      if (transfer.state === 'inUse') this.#notes.remove(note.transferId);
      else this.#add(new ImageImport(this.#bridge, note, { transfer }));
    }
  }

  readonly #fail = action((failure: ErrorRecord | null): void => {
    this.failure = failure;
  });

  readonly #add = action((one: ImageImport): void => void this.#imports.add(one));

  readonly #remove = action((one: ImageImport): void => {
    this.#imports.delete(one);
    this.#notes.remove(one.transferId);
  });

  async #drop({ transferId }: ImageImport): Promise<void> {
    await dropTransfer(this.#bridge, transferId).catch(() => null);
  }
}
