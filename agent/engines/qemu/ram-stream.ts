// The file of a live save: a migration stream, as QEMU wrote it. Only a new process can load it (`-incoming`), and gets it as an
// open file, so that a confined QEMU needs no right to its path. Used by `qemu-engine.ts`.
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { EngineError } from '../errors.ts';
import { openPlainFile } from './guarded-files.ts';
import type { QmpClient } from './qmp-client.ts';

/** QEMU_VM_FILE_MAGIC, "QEVM" (QEMU's migration/savevm.h). */
const MAGIC = 0x5145564d;
/** The first descriptor after standard input, output and error. */
export const INHERITED_FD = 3;
const LOAD_TIMEOUT_MS = 30 * 60_000;

/** Null when the file is something else, or not there. */
export async function openStream(ramFile: string): Promise<FileHandle | null> {
  let file: FileHandle;
  try {
    file = await openPlainFile(ramFile, constants.O_RDONLY);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const head = Buffer.alloc(4);
  // By position: whoever inherits the file reads it from its beginning.
  await file.read(head, 0, head.length, 0);
  if (head.readUInt32BE() === MAGIC) return file;
  await file.close();
  return null;
}

/** Into a process that waits for it; its guest is left paused. QEMU ends when the stream is not one for this machine. */
export async function loadStream(qmp: QmpClient): Promise<void> {
  await qmp.execute('migrate-set-capabilities', { capabilities: [{ capability: 'events', state: true }] });
  const loaded = qmp.waitFor('MIGRATION', ({ status }) => status === 'completed' || status === 'failed', {
    timeoutMs: LOAD_TIMEOUT_MS,
  });
  loaded.catch(() => {});
  await qmp.execute('migrate-incoming', { uri: `fd:${INHERITED_FD}` });
  const { status } = await loaded;
  if (status !== 'completed') throw new EngineError('COMMAND_FAILED', 'QEMU could not load the saved state');
}
