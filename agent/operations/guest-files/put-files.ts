// Puts files into guests of an ENV. The upload is read by each guest at its own pace; one that is slow, full or dead delays no
// other, and fails alone.
import path from 'node:path';
import { type PushedVm, toErrorRecord, TtError } from '@tt/protocol';
import { getFile, makeFolders, putFile } from '../../guest-channel/guest-files.ts';
import { mapLimit } from '../../host/map-limit.ts';
import type { VmRecord } from '../../state/vm-record.ts';
import type { TakenUpload } from '../../transfers/interface.ts';
import { mayChange } from '../caller.ts';
import { defineOperation, type InputOf } from '../define-operation.ts';
import { memberOf } from '../envs/member-of.ts';
import { guestFileFailure, isThere } from './guest-file-failure.ts';
import { type Connected, type GuestServices, inGuest } from './in-guest.ts';
import { PutProgress } from './put-progress.ts';
import { StagedFiles } from './staged-files.ts';

/** Guests at once: each holds some hundred KiB. */
const WIDTH = 64;
const FOLDER_MODE = 0o755;

type PutRequest = InputOf<'guestFile.put'>;

export const putFilesOperation = defineOperation({
  kind: 'guestFile.put',
  allow(services, caller, { envName, vmIds }) {
    mayChange(services, caller, envName);
    const all = services.inventory.vmsOf(envName);
    const vms = vmIds ? [...new Set(vmIds)].map((vmId) => memberOf(all, vmId)) : all;
    // Each that does not run is told apart, unless nothing can be done at all.
    const running = vms.find(({ id }) => services.running.get(id) !== null);
    if (!running && vms[0]) services.running.need(vms[0].id);
    return vms;
  },
  subject: (_vms, { envName }) => ({ envName }),
  cancellable: true,
  async run({ services, caller, input, target: vms, operation }) {
    const upload = input.transferId === undefined ? null : services.transfers.take(input.transferId, caller);
    let isUsedUp = false;
    try {
      const staged = new StagedFiles(input.files, upload);
      using progress = new PutProgress(operation, vms, staged.totalBytes);
      const pushed = await mapLimit(vms, WIDTH, async (vm): Promise<PushedVm> => {
        const failure = await failureOf(() => putInto(services, vm, input, staged, progress, operation.signal));
        operation.signal.throwIfAborted();
        const state = failure ? 'failed' : 'done';
        progress.set(vm.id, { state });
        const about = { vmId: vm.id, vmName: vm.name, state, doneBytes: progress.doneBytes(vm.id) } as const;
        return { ...about, failure: failure && toErrorRecord(failure) };
      });
      progress.end();
      isUsedUp = pushed.every(({ state }) => state === 'done');
      const { folder, user } = input;
      const done = pushed.filter(({ state }) => state === 'done').length;
      services.logger.info(
        { caller: caller.name, envName: input.envName, folder, user, files: input.files.length, done, vms: vms.length },
        'files were put into guests',
      );
      const sent = input.files.map(async ({ path: inner, sizeBytes }, index) => {
        return { path: path.posix.join(folder, inner), sizeBytes, sha256: await staged.sha256(index) };
      });
      return { vms: pushed, files: await Promise.all(sent) };
    } finally {
      await endUpload(upload, isUsedUp);
    }
  },
});

/** Null when it went well. Throws faults of the program. */
async function failureOf(work: () => Promise<void>): Promise<TtError | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof TtError) return error;
    throw error;
  }
}

async function endUpload(upload: TakenUpload | null, isUsedUp: boolean): Promise<void> {
  if (isUsedUp) await upload?.remove();
  else await upload?.giveBack();
}

/** Rejects with TtError, or the reason of the signal. */
async function putInto(
  services: GuestServices,
  vm: VmRecord,
  request: PutRequest,
  staged: StagedFiles,
  progress: PutProgress,
  signal: AbortSignal,
): Promise<void> {
  progress.set(vm.id, { state: 'running' });
  let next = 0;
  let before = 0;
  let at = request.folder;
  try {
    await inGuest(services, vm, { timeoutS: request.timeoutS, signal }, async (connected) => {
      await makeAllFolders(request, connected);
      for (; next < staged.files.length; next++) {
        const file = staged.files[next];
        if (!file) break;
        at = path.posix.join(request.folder, file.path);
        await putOne(request, staged, next, at, connected, (done) => progress.set(vm.id, { done: before + done }));
        before += file.sizeBytes;
        progress.set(vm.id, { done: before });
      }
    });
  } catch (error) {
    throw guestFileFailure(vm.name, at, error);
  }
}

async function makeAllFolders(request: PutRequest, { channel, signal, moved }: Connected): Promise<void> {
  const { folder: base, folders, files } = request;
  const parents = files.map(({ path: inner }) => path.posix.dirname(inner)).filter((name) => name !== '.');
  const names = [...new Set([...folders, ...parents])];
  await makeFolders(channel, { base, names, mode: FOLDER_MODE, ...who(request), signal });
  moved();
}

async function putOne(
  request: PutRequest,
  staged: StagedFiles,
  index: number,
  target: string,
  { channel, signal, moved, meanwhile }: Connected,
  onProgress: (doneBytes: number) => void,
): Promise<void> {
  const { sizeBytes: size = 0, mode = 0 } = staged.files[index] ?? {};
  const sha256 = await meanwhile(staged.sha256(index));
  const put = (overwrites: boolean) =>
    putFile(channel, {
      path: target,
      size,
      sha256,
      mode,
      overwrites,
      ...who(request),
      content: (offset) => staged.content(index, offset),
      onProgress: (done) => {
        moved();
        onProgress(done);
      },
      signal,
    });
  try {
    await put(request.overwrites);
  } catch (error) {
    if (!isThere(error) || !(await isSame(request, { target, size, sha256 }, { channel, signal }))) throw error;
    // What an earlier push has put there. Nothing is lost: it only gets the mode and owner that are wanted now.
    await put(true);
  }
}

/** Whether a file is there with that very content; its guest hashes it. */
async function isSame(
  { user }: PutRequest,
  { target, size, sha256 }: { target: string; size: number; sha256: string },
  { channel, signal }: Pick<Connected, 'channel' | 'signal'>,
): Promise<boolean> {
  try {
    const request = { path: target, offset: size, ...(user !== undefined && { user }), signal };
    return await getFile(channel, request, async (file) => {
      if (file.size !== size) return false;
      file.content.resume();
      return (await file.sha256) === sha256;
    });
  } catch {
    // It can't be compared, so it is another one.
    signal.throwIfAborted();
    return false;
  }
}

function who({ owner, user }: Pick<PutRequest, 'owner' | 'user'>) {
  return {
    ...(owner && { owner: { user: owner.user ?? null, group: owner.group ?? null } }),
    ...(user !== undefined && { user }),
  };
}
