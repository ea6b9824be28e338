// Forks, clones and capsules: the calls, and the bytes of capsules both ways with their progress.
import { checkArrived, downloadChunks, Sha256, uploadFile } from '@tt/client';
import type { CapsuleManifest, EnvDetail, Reason, Transfer, Vm } from '@tt/protocol';
import type { Bridge } from '../bridge.ts';
import type { OperationStore, Outcome } from '../activity/operation-store.ts';
import { asTtError } from '../activity/operation-store.ts';

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

export class CopyStore {
  readonly #bridge: Bridge;
  readonly #operations: OperationStore;

  constructor(bridge: Bridge, operations: OperationStore) {
    this.#bridge = bridge;
    this.#operations = operations;
  }

  fork(envName: string, name: string, request: CopyRequest): Promise<Outcome<{ envs: EnvDetail[] }>> {
    const { snapshot } = this.#bridge.client;
    return this.#operations.run('snapshot.fork', { envName, snapshotName: name }, (operationId) =>
      snapshot.fork({ operationId, envName, name, ...request }),
    );
  }

  clone(name: string, request: CopyRequest): Promise<Outcome<{ envs: EnvDetail[] }>> {
    const { env } = this.#bridge.client;
    return this.#operations.run('env.clone', { envName: name }, (operationId) =>
      env.clone({ operationId, name, ...request }),
    );
  }

  cloneVm(vm: Vm): Promise<Outcome<{ vms: Vm[] }>> {
    const { client } = this.#bridge;
    const subject = { envName: vm.envName, vmId: vm.id, vmName: vm.name };
    return this.#operations.runAloud('vm.clone', subject, (operationId) =>
      client.vm.clone({ operationId, vmId: vm.id }),
    );
  }

  exportCapsule(
    envName: string,
    snapshotName: string | null,
    withRam: boolean,
  ): Promise<Outcome<{ transfer: Transfer; manifest: CapsuleManifest }>> {
    const of = snapshotName === null ? {} : { snapshotName };
    const { capsule } = this.#bridge.client;
    return this.#operations.run('capsule.export', { envName, ...of }, (operationId) =>
      capsule.export({ operationId, envName, withRam, ...of }),
    );
  }

  /** The whole file, its hash checked; the agent's own is removed then. */
  async fetch(transfer: Transfer, progress: ByteProgress): Promise<Outcome<Blob>> {
    const { client } = this.#bridge;
    return outcomeOf(async () => {
      const hash = new Sha256();
      const pieces: BlobPart[] = [];
      for await (const piece of downloadChunks(client, transfer, 0, progress)) {
        hash.update(piece);
        pieces.push(piece.slice());
      }
      checkArrived(transfer, hash.hex());
      await client.transfer.drop({ transferId: transfer.id });
      return new Blob(pieces, { type: 'application/x-tar' });
    });
  }

  /** `transferId`: of an earlier try that was cut off, to go on with it. */
  send(file: File, transferId: string, progress: ByteProgress): Promise<Outcome<Transfer>> {
    const source = {
      fileName: file.name,
      sizeBytes: file.size,
      read: async (offset: number, length: number) =>
        new Uint8Array(await file.slice(offset, offset + length).arrayBuffer()),
    };
    return outcomeOf(() => uploadFile(this.#bridge.client, source, transferId, progress));
  }

  inspect(transferId: string): Promise<Outcome<{ manifest: CapsuleManifest; ramProblem: Reason | null }>> {
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
