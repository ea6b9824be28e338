// Packs an ENV on the host and downloads the file meanwhile. Repeating the same command resumes an interrupted download: until it is
// complete the file is called `<file>.part`, and a note in the state folder says what it contains.
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { checkArrived, downloadTo, whilePacked } from '@tt/client';
import type { NodeConnection } from '@tt/client/node';
import { reason, type Transfer, TtError } from '@tt/protocol';
import { z } from 'zod';
import { mustBeFree } from '../local-file.ts';
import { runOperation } from '../run-operation.ts';
import type { RecordingToSend } from '../recordings-to-send.ts';
import { withSentRecordings } from '../send-recordings.ts';
import { partOf, TransferNote } from '../transfer-notes.ts';
import { nodeHash, showing } from '../transfer-progress.ts';

export interface ExportSpec {
  envName: string;
  /** null: the ENV as it is. */
  snapshotName: string | null;
  withRam: boolean;
  /** What is to be in it, as text: another one is another capsule. */
  recordings: string[];
}

/** One that the ENV was imported with. */
export interface KeptRecording {
  recordingId: string;
  withoutKeys: boolean;
}

export interface ExportOptions {
  force?: boolean;
  /** To be sent. */
  recordings?: readonly RecordingToSend[];
  kept?: readonly KeptRecording[];
}

const noteSchema = z.object({
  id: z.string(),
  of: z.object({
    envName: z.string(),
    snapshotName: z.string().nullable(),
    withRam: z.boolean(),
    recordings: z.array(z.string()).default([]),
  }),
  /** Of the `tt` that writes the file. */
  pid: z.number(),
});

/** Throws FILE_UNUSABLE before anything is packed. */
export async function exportTo(
  connection: NodeConnection,
  of: ExportSpec,
  file: string,
  { force = false, recordings = [], kept = [] }: ExportOptions = {},
): Promise<Transfer> {
  await mustBeFree(file, { force });
  const part = partOf(file);
  const note = new TransferNote('download', file, noteSchema);
  const known = await note.read();
  if (known && known.pid !== process.pid && isRunning(known.pid)) {
    throw new TtError('FILE_UNUSABLE', { file: part, reason: reason('writtenByOther', { pid: known.pid }) });
  }
  const found = await toGoOnWith(connection, of, known);
  // Opened before the host packs gigabytes for a file that can't be written.
  const target = await open(part, found ? 'a+' : 'w+', 0o600);
  let transfer: Transfer;
  try {
    const { id } = found ?? (await connection.client.transfer.reserve({}));
    await note.write({ id, of, pid: process.pid });
    const fetch = (signal?: AbortSignal) => fetchInto(connection, target, part, id, signal);
    transfer = found ? await fetch() : await packAndFetch(connection, of, { recordings, kept }, id, fetch);
  } catch (error) {
    if (error instanceof PackingFailure) {
      await rm(part, { force: true });
      await note.remove();
      throw error.cause;
    }
    throw error;
  } finally {
    await target.close();
  }
  await rename(part, file);
  await note.remove();
  await connection.client.transfer.drop({ transferId: transfer.id });
  return transfer;
}

/** Nothing was packed: nothing is to be gone on with. */
class PackingFailure extends Error {}

async function packAndFetch(
  connection: NodeConnection,
  { envName, snapshotName, withRam }: ExportSpec,
  { recordings, kept }: Required<Pick<ExportOptions, 'recordings' | 'kept'>>,
  transferId: string,
  fetch: (signal: AbortSignal) => Promise<Transfer>,
): Promise<Transfer> {
  const { client } = connection;
  const request = {
    envName,
    withRam,
    transferId,
    ...(snapshotName !== null && { snapshotName }),
    ...(kept.length > 0 && { keptRecordings: [...kept] }),
  };
  const packing = withSentRecordings(connection, recordings, (ids) =>
    runOperation(connection, (operationId) =>
      client.capsule.export({ operationId, ...request, ...(ids.length > 0 && { recordings: ids }) }),
    ),
  );
  try {
    const { fetched } = await whilePacked(packing, fetch);
    if (fetched.status === 'fulfilled') return fetched.value;
    throw fetched.reason;
  } catch (cause) {
    const isPacked = await packing.then(
      () => true,
      () => false,
    );
    if (isPacked) throw cause;
    await client.transfer.drop({ transferId }).catch(notFoundIsNull);
    throw new PackingFailure('the export failed', { cause });
  }
}

/** The download an earlier try was fetching, if the agent still has it and it is the same that is wanted. */
async function toGoOnWith(
  connection: NodeConnection,
  of: ExportSpec,
  known: z.infer<typeof noteSchema> | null,
): Promise<Transfer | null> {
  const { client } = connection;
  if (known === null || JSON.stringify(known.of) !== JSON.stringify(of)) return null;
  const found = await client.transfer.status({ transferId: known.id }).catch(notFoundIsNull);
  if (found?.state !== 'reserved') return found;
  // Nobody packs it.
  await client.transfer.drop({ transferId: found.id }).catch(notFoundIsNull);
  return null;
}

async function fetchInto(
  connection: NodeConnection,
  target: FileHandle,
  part: string,
  transferId: string,
  signal?: AbortSignal,
): Promise<Transfer> {
  const { client } = connection;
  const hash = nodeHash();
  const { state, sizeBytes } = await client.transfer.status({ transferId });
  const have = (await target.stat()).size;
  const isTooLong = state === 'whole' && have > sizeBytes;
  if (isTooLong) await target.truncate(0);
  const from = isTooLong ? 0 : have;
  if (from > 0) for await (const piece of createReadStream(part, { end: from - 1 })) hash.update(piece as Buffer);
  const take = async (piece: Uint8Array) => {
    hash.update(piece);
    await target.appendFile(piece);
  };
  const options = { ...showing('fetching'), ...(signal && { signal }) };
  const transfer = await downloadTo(connection, { id: transferId }, from, take, options);
  await target.sync();
  try {
    checkArrived(transfer, hash.hex());
  } catch (error) {
    // Damaged bytes are not to be gone on with.
    await target.truncate(0);
    throw error;
  }
  return transfer;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function notFoundIsNull(error: unknown): null {
  if (error instanceof TtError && error.code === 'TRANSFER_NOT_FOUND') return null;
  throw error;
}
