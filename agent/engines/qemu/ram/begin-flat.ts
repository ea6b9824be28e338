// The saved state that a new process begins in, where its memory is one flat file: whose the file is, and as what the process opens it.
// `load-flat.ts` loads the rest of it.
import { isSharedFile, makeOwn } from '../../../host/shared-file.ts';
import { EngineError } from '../../errors.ts';
import type { StateSource, VmSpec } from '../../interface.ts';
import type { FlatRam } from '../command-line.ts';
import { giveRamFile } from '../ram-file.ts';
import { realPath } from '../real-paths.ts';
import type { FlatState } from './flat-file.ts';
import { openFlatOf, SEALED_FD } from './load-flat.ts';

export interface StartState extends FlatState {
  ramFile: string;
  /** The VM may only read its file. */
  isShared: boolean;
  isSealed: boolean;
}

/** STATE_NOT_FOUND if it is not there. */
export async function flatState(
  spec: VmSpec,
  { tag, ramFile, sealedFd }: StateSource,
  { canShare, signal = new AbortController().signal }: { canShare: boolean; signal: AbortSignal | undefined },
): Promise<StartState> {
  try {
    const isSealed = sealedFd !== undefined;
    if (isSealed)
      return { ...(await openFlatOf(ramFile, spec.memoryMiB, { isSealed })), ramFile, isShared: false, isSealed };
    // Shared by another QEMU than this one.
    if (!canShare && (await isSharedFile(ramFile))) await makeOwn(ramFile, signal);
    const isShared = await isSharedFile(ramFile);
    if (!isShared) await giveRamFile(spec, ramFile);
    return { ...(await openFlatOf(ramFile, spec.memoryMiB)), ramFile, isShared, isSealed };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new EngineError('STATE_NOT_FOUND', `there is no saved state ${tag}`, { cause: error });
  }
}

/** As the new process names it. One that opens a file for writing gets this one opened: the kernel refuses whatever it would write. */
export async function flatRam({ ramFile, isShared, isSealed }: StartState): Promise<FlatRam> {
  return { path: isSealed ? `/proc/self/fd/${SEALED_FD}` : await realPath(ramFile), isShared };
}
