// Starts a guest in a flat state: what the command line, the process and QMP need for it. Used by `qemu-engine.ts`.
import { open } from 'node:fs/promises';
import { EngineError } from '../../errors.ts';
import type { QmpClient } from '../qmp-client.ts';
import { type FlatState, memoryBytesOf, openFlat, readFlat } from './flat-file.ts';

/** The first descriptor after standard input, output and error: there QEMU reads the state of the devices. */
const DEVICES_FD = 3;
/** The one after that: there it has the sealed copy that it maps. */
export const SEALED_FD = DEVICES_FD + 1;
const LOAD_TIMEOUT_MS = 30 * 60_000;

/**
 * That of a VM with so much memory: COMMAND_FAILED for any other. Otherwise as {@link openFlat}. `isSealed`: the path is that of a
 * descriptor of this process (proc(5)).
 */
export async function openFlatOf(ramFile: string, memoryMiB: number, { isSealed = false } = {}): Promise<FlatState> {
  const state = await (isSealed ? open(ramFile, 'r').then(readFlat) : openFlat(ramFile));
  if (state.memoryBytes === memoryBytesOf({ memoryMiB })) return state;
  await state[Symbol.asyncDispose]();
  throw new EngineError('COMMAND_FAILED', `its memory has ${state.memoryBytes} bytes, and the VM ${memoryMiB} MiB`);
}

/** Checks a foreign one, as {@link openFlatOf}. Its devices are only checked by QEMU, when it loads them. */
export async function checkFlatRam(ramFile: string, memoryMiB: number): Promise<void> {
  const state = await openFlatOf(ramFile, memoryMiB);
  await state[Symbol.asyncDispose]();
}

/** Into a process that waits for it; its guest is left paused. QEMU ends when the stream is not one for this machine. */
export async function loadDevices(qmp: QmpClient): Promise<void> {
  await qmp.execute('migrate-set-capabilities', { capabilities: [{ capability: 'events', state: true }] });
  const loaded = qmp.waitFor('MIGRATION', ({ status }) => status === 'completed' || status === 'failed', {
    timeoutMs: LOAD_TIMEOUT_MS,
  });
  loaded.catch(() => {});
  await qmp.execute('migrate-incoming', { uri: `fd:${DEVICES_FD}` });
  const { status } = await loaded;
  if (status !== 'completed') throw new EngineError('COMMAND_FAILED', 'QEMU could not load the saved state');
}
