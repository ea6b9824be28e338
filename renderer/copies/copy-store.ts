// Forks, clones and capsules: the calls, and the bytes of capsules both ways with their progress.
import { blobSource, downloadTo, type ReadableFile, uploadFile, whilePacked } from '@tt/client';
import {
  type CapsuleManifest,
  copyNames,
  type CopyPlan,
  type EnvDetail,
  type Reason,
  type Transfer,
  type Vm,
} from '@tt/protocol';
import type { OperationStore, Outcome } from '../activity/operation-store.ts';
import { asTtError } from '../activity/operation-store.ts';
import { operationWords } from '../activity/operation-words.ts';
import type { Bridge } from '../bridge.ts';
import { translate } from '../i18n/index.ts';
import { someNames } from '../i18n/some-names.ts';
import type { ToastStore } from '../state/toast-store.ts';
import type { ViewStore } from '../state/view-store.ts';
import type { AttachedFile, AttachedRecordings } from './attached-file.ts';

export interface CopyRequest {
  newName: string;
  copies: number;
  fenced: boolean;
  sshHostKeys: boolean;
  lifetimeS: number;
}

export interface ImportSpec {
  transferId: string;
  name: string;
  withRam: boolean;
  fenced: boolean;
}

export interface ByteProgress {
  signal: AbortSignal;
  onProgress: (done: number, total: number) => void;
}

/** `snapshotName` null: the ENV as it is. */
export interface ExportSpec extends ByteProgress {
  envName: string;
  snapshotName: string | null;
  withRam: boolean;
  /** Recorded screens that go into it. */
  recordings: () => Promise<AttachedRecordings>;
  /** Bytes of those that were sent. */
  onSending: (done: number, total: number) => void;
}

/** What is in a capsule that was sent. `madeHere`: by this agent, of an ENV of this user. */
export interface CapsuleInside {
  manifest: CapsuleManifest;
  ramProblem: Reason | null;
  madeHere: boolean;
}

export class CopyStore {
  readonly #bridge: Bridge;
  readonly #operations: OperationStore;

  readonly #toasts: ToastStore;
  readonly #view: ViewStore;

  constructor(bridge: Bridge, operations: OperationStore, toasts: ToastStore, view: ViewStore) {
    this.#bridge = bridge;
    this.#operations = operations;
    this.#toasts = toasts;
    this.#view = view;
  }

  /**
   * Copies a snapshot, or the ENV as it is now (`name` null). Resolves when the copies are being made, or with why that did not begin;
   * goes to the first of them. How it ends is said by a message.
   */
  async copy(envName: string, name: string | null, request: CopyRequest): Promise<Outcome<null>> {
    const { snapshot, env } = this.#bridge.client;
    const kind = name === null ? 'env.clone' : 'snapshot.fork';
    const subject = name === null ? { envName } : { envName, snapshotName: name };
    const { begun, ended } = this.#operations.begin(kind, subject, (operationId) =>
      name === null
        ? env.clone({ operationId, name: envName, ...request })
        : snapshot.fork({ operationId, envName, name, ...request }),
    );
    const error = await begun;
    if (error) return { ok: false, error };
    const [first = request.newName] = copyNames(request.newName, request.copies);
    this.#view.goToEnv(first);
    void ended.then((outcome) => {
      if (!outcome.ok) return this.#operations.tellFailure(operationWords({ kind, subject }), outcome.error);
      const names = outcome.value.envs.map((made) => made.env.name);
      return this.#toasts.say(translate('copies.made', { count: names.length, names: someNames(names, translate) }));
    });
    return { ok: true, value: null };
  }

  /** What such copies would take, and what they would be refused with. */
  plan(envName: string, name: string | null, request: CopyRequest): Promise<Outcome<CopyPlan>> {
    const { snapshot, env } = this.#bridge.client;
    return outcomeOf(() =>
      name === null ? env.planClone({ name: envName, ...request }) : snapshot.planFork({ envName, name, ...request }),
    );
  }

  cloneVm(vm: Vm): Promise<Outcome<{ vms: Vm[] }>> {
    const { client } = this.#bridge;
    const subject = { envName: vm.envName, vmId: vm.id, vmName: vm.name };
    return this.#operations.runAloud('vm.clone', subject, (operationId) =>
      client.vm.clone({ operationId, vmId: vm.id }),
    );
  }

  /** Packs an ENV and fetches the file while it is packed. `fetched` may be tried again by `fetch`. */
  async exportCapsule(spec: ExportSpec): Promise<Outcome<{ transfer: Transfer; fetched: Outcome<Blob> }>> {
    const sent: string[] = [];
    const sending = await outcomeOf(async () => {
      const recordings = await spec.recordings();
      await this.#sendRecordings(recordings.sent, spec, sent);
      return recordings.kept;
    });
    const outcome = sending.ok ? await this.#pack(spec, sent, sending.value) : sending;
    // What is packed is used up.
    if (!outcome.ok) for (const transferId of sent) await this.drop(transferId);
    return outcome;
  }

  /** `sent` gets their ids, in their order. */
  async #sendRecordings(files: readonly AttachedFile[], spec: ExportSpec, sent: string[]): Promise<void> {
    const total = files.reduce((sum, { content }) => sum + content.size, 0);
    let before = 0;
    for (const { fileName, content } of files) {
      const source = blobSource({ name: fileName, size: content.size, slice: (from, to) => content.slice(from, to) });
      const onProgress = (done: number) => spec.onSending(before + done, total);
      const transferId = crypto.randomUUID();
      // What has arrived of one that is cut off.
      const at = sent.push(transferId) - 1;
      const { id } = await uploadFile(this.#bridge, source, transferId, { signal: spec.signal, onProgress });
      sent[at] = id;
      before += content.size;
    }
  }

  async #pack(
    { envName, snapshotName, withRam, ...progress }: ExportSpec,
    recordings: readonly string[],
    keptRecordings: AttachedRecordings['kept'],
  ): Promise<Outcome<{ transfer: Transfer; fetched: Outcome<Blob> }>> {
    const of = { ...(snapshotName !== null && { snapshotName }) };
    const { capsule, transfer } = this.#bridge.client;
    const reserved = await outcomeOf(() => transfer.reserve({}));
    if (!reserved.ok) return reserved;
    const { id: transferId } = reserved.value;
    const attached = {
      ...(recordings.length > 0 && { recordings: [...recordings] }),
      ...(keptRecordings.length > 0 && { keptRecordings: [...keptRecordings] }),
    };
    const packing = this.#operations.run('capsule.export', { envName, ...of }, (operationId) =>
      capsule.export({ operationId, envName, withRam, transferId, ...of, ...attached }),
    );
    const done = await outcomeOf(() =>
      whilePacked(packing.then(mustSucceed), (ended) =>
        this.#fetched(transferId, { ...progress, signal: AbortSignal.any([progress.signal, ended]) }),
      ),
    );
    if (!done.ok) {
      await this.drop(transferId);
      return done;
    }
    const { packed, fetched } = done.value;
    return { ok: true, value: { transfer: packed.transfer, fetched: await outcomeOf(async () => settled(fetched)) } };
  }

  /** The whole file; the agent's own is removed then. */
  fetch({ id }: Transfer, progress: ByteProgress): Promise<Outcome<Blob>> {
    return outcomeOf(() => this.#fetched(id, progress));
  }

  async #fetched(transferId: string, progress: ByteProgress): Promise<Blob> {
    const pieces: BlobPart[] = [];
    const take = (piece: Uint8Array) => {
      pieces.push(piece.slice());
    };
    await downloadTo(this.#bridge, { id: transferId }, 0, take, progress);
    await this.#bridge.client.transfer.drop({ transferId });
    return new Blob(pieces, { type: 'application/x-tar' });
  }

  /** `transferId`: of an earlier try that was cut off, to go on with it. */
  send(file: ReadableFile, transferId: string, progress: ByteProgress): Promise<Outcome<Transfer>> {
    return outcomeOf(() => uploadFile(this.#bridge, blobSource(file), transferId, progress));
  }

  inspect(transferId: string): Promise<Outcome<CapsuleInside>> {
    return outcomeOf(() => this.#bridge.client.capsule.inspect({ transferId }));
  }

  importCapsule(request: ImportSpec): Promise<Outcome<EnvDetail>> {
    const { capsule } = this.#bridge.client;
    return this.#operations.run('capsule.import', { envName: request.name }, (operationId) =>
      capsule.import({ operationId, ...request }),
    );
  }

  /** Given up: what has arrived goes. One that is gone already is fine. */
  async drop(transferId: string): Promise<void> {
    await outcomeOf(() => this.#bridge.client.transfer.drop({ transferId }));
  }
}

async function outcomeOf<Value>(work: () => Promise<Value>): Promise<Outcome<Value>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error: asTtError(error) };
  }
}

function mustSucceed<Value>(outcome: Outcome<Value>): Value {
  if (outcome.ok) return outcome.value;
  throw outcome.error;
}

function settled<Value>(result: PromiseSettledResult<Value>): Value {
  if (result.status === 'fulfilled') return result.value;
  throw result.reason;
}
