// Gets files of a guest into one download, one after the other, all of them or none. It can be read while they come.
import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { type FetchedFile, TtError } from '@tt/protocol';
import { getFile } from '../../guest-channel/guest-files.ts';
import type { VmRecord } from '../../state/vm-record.ts';
import type { PackingDownload } from '../../transfers/interface.ts';
import { defineOperation, type InputOf } from '../define-operation.ts';
import type { OperationContext } from '../operation-registry.ts';
import type { Services } from '../services.ts';
import { onVm } from '../targets.ts';
import { guestReadFailure, notTheFile } from './guest-file-failure.ts';
import { inGuest } from './in-guest.ts';

const MIB = 1024 * 1024;

type GetRequest = InputOf<'guestFile.get'>;
type GetServices = Pick<Services, 'guestChannels' | 'running' | 'budget' | 'transfers'>;

export const getFilesOperation = defineOperation({
  kind: 'guestFile.get',
  allow(services, caller, input) {
    const vm = onVm.allow(services, caller, input);
    services.running.need(vm.id);
    return vm;
  },
  subject: (vm) => onVm.subject(vm),
  cancellable: true,
  async run({ services, caller, input, target: vm, operation }) {
    const totalBytes = input.files.reduce((sum, { sizeBytes, fromByte }) => sum + sizeBytes - fromByte, 0);
    const download = await services.transfers.pack(input.transferId, caller);
    try {
      await services.transfers.space.admitBytes(caller.name, totalBytes);
      const growth = {
        owner: caller.name,
        subject: vm.name,
        folders: [path.dirname(download.path)],
        wantedBytes: totalBytes,
        measured: [download.path],
        signal: operation.signal,
      };
      const { files, sha256 } = await services.budget.write(growth, ({ signal }) =>
        getAll(services, vm, input, download, { operation, signal, totalBytes }),
      );
      operation.noReturn();
      operation.signal.throwIfAborted();
      const fileName = `${vm.name.replaceAll('/', '-')}.files`;
      const transfer = await download.finish({ fileName, sizeBytes: totalBytes, sha256 });
      return { transfer, files };
    } catch (error) {
      // Whoever reads it already must not take what came for all of it.
      await download.fail(operation.signal.aborted ? operation.signal.reason : error);
      throw error;
    }
  },
});

interface Getting {
  operation: OperationContext;
  signal: AbortSignal;
  totalBytes: number;
}

async function getAll(
  services: GetServices,
  vm: VmRecord,
  request: GetRequest,
  download: PackingDownload,
  { operation, signal, totalBytes }: Getting,
): Promise<{ files: FetchedFile[]; sha256: string }> {
  const handle = await open(download.path, 'wx', 0o600);
  try {
    download.begin(totalBytes);
    const whole = createHash('sha256');
    const files: FetchedFile[] = [];
    let done = 0;
    let toldMiB = -1;
    const onBytes = (count: number) => {
      done += count;
      download.grown(done);
      const doneMiB = Math.floor(done / MIB);
      if (doneMiB === toldMiB) return;
      toldMiB = doneMiB;
      operation.step('gettingFiles', { done: doneMiB, total: Math.ceil(totalBytes / MIB) });
    };
    for (const wanted of request.files) {
      const sink = new FileSink(handle, whole, onBytes);
      files.push(await getOne(services, vm, request, wanted, sink, signal));
    }
    await handle.sync();
    return { files, sha256: whole.digest('hex') };
  } finally {
    await handle.close();
  }
}

/** Where the bytes of one file go. */
class FileSink {
  doneBytes = 0;
  readonly #handle: FileHandle;
  readonly #whole: Hash;
  readonly #own = createHash('sha256');
  readonly #onBytes: (count: number) => void;

  constructor(handle: FileHandle, whole: Hash, onBytes: (count: number) => void) {
    this.#handle = handle;
    this.#whole = whole;
    this.#onBytes = onBytes;
  }

  async take(bytes: Buffer): Promise<void> {
    await this.#handle.appendFile(bytes);
    this.#whole.update(bytes);
    this.#own.update(bytes);
    this.doneBytes += bytes.length;
    this.#onBytes(bytes.length);
  }

  sha256(): string {
    return this.#own.copy().digest('hex');
  }
}

async function getOne(
  services: GetServices,
  vm: VmRecord,
  { user, timeoutS }: GetRequest,
  { path: source, sizeBytes, fromByte }: GetRequest['files'][number],
  sink: FileSink,
  signal: AbortSignal,
): Promise<FetchedFile> {
  try {
    return await inGuest(services, vm, { timeoutS, signal }, (connected) => {
      const { channel, moved } = connected;
      const request = {
        path: source,
        offset: fromByte + sink.doneBytes,
        ...(user !== undefined && { user }),
        signal: connected.signal,
      };
      return getFile(channel, request, async (file) => {
        moved();
        if (file.size !== sizeBytes) throw changed(vm, source);
        for await (const bytes of file.content as AsyncIterable<Buffer>) {
          if (fromByte + sink.doneBytes + bytes.length > sizeBytes) throw notTheFile('it sends more than the file has');
          await sink.take(bytes);
          moved();
        }
        const sha256 = await file.sha256;
        if (fromByte + sink.doneBytes !== sizeBytes) throw changed(vm, source);
        // Of two halves of different files, too. Of one that is continued only the caller has all bytes.
        if (fromByte === 0 && sink.sha256() !== sha256) throw changed(vm, source);
        return { path: source, sizeBytes, mode: file.mode, modifiedAt: file.modifiedAt.toISOString(), sha256 };
      });
    });
  } catch (error) {
    throw guestReadFailure(vm.name, source, error);
  }
}

function changed({ name: vmName }: VmRecord, source: string): TtError {
  return new TtError('GUEST_FILE_CHANGED', { vmName, path: source });
}
