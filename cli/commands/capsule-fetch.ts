// Packs an ENV on the host and fetches the file. A fetch that was cut off goes on where it was when the same command is given
// again: until it is whole the file is called `<file>.part`, and `<file>.part.json` says what it is of.
import { createReadStream } from 'node:fs';
import { type FileHandle, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { checkArrived, downloadChunks } from '@tt/client';
import type { NodeConnection } from '@tt/client/node';
import { reason, type Transfer, TtError } from '@tt/protocol';
import { z } from 'zod';
import { mustBeFree } from '../local-file.ts';
import { runOperation } from '../run-operation.ts';
import { nodeHash, showing } from '../transfer-progress.ts';

export interface ExportSpec {
  envName: string;
  /** null: the ENV as it is. */
  snapshotName: string | null;
  withRam: boolean;
}

const noteSchema = z.object({
  id: z.string(),
  of: z.object({ envName: z.string(), snapshotName: z.string().nullable(), withRam: z.boolean() }),
  /** Of the `tt` that writes the file. */
  pid: z.number(),
});

/** Throws FILE_UNUSABLE before anything is packed. */
export async function exportTo(
  connection: NodeConnection,
  of: ExportSpec,
  file: string,
  { force = false } = {},
): Promise<Transfer> {
  await mustBeFree(file, { force });
  const part = `${file}.part`;
  const note = `${part}.json`;
  const known = await readNote(note);
  if (known && known.pid !== process.pid && isRunning(known.pid)) {
    throw new TtError('FILE_UNUSABLE', { file: part, reason: reason('writtenByOther', { pid: known.pid }) });
  }
  const transfer = await toBeFetched(connection, of, part, known);
  const target = await open(part, 'a+', 0o600);
  try {
    await writeFile(note, JSON.stringify({ id: transfer.id, of, pid: process.pid }));
    await fetchInto(connection, target, part, transfer);
  } finally {
    await target.close();
  }
  await rename(part, file);
  await rm(note, { force: true });
  await connection.client.transfer.drop({ transferId: transfer.id });
  return transfer;
}

/** The download an earlier try was fetching, if the agent still has it and it is the same that is wanted; else a new one. */
async function toBeFetched(
  connection: NodeConnection,
  of: ExportSpec,
  part: string,
  known: z.infer<typeof noteSchema> | null,
): Promise<Transfer> {
  const { client } = connection;
  const isSame = known !== null && JSON.stringify(known.of) === JSON.stringify(of);
  const found = isSame ? await client.transfer.status({ transferId: known.id }).catch(notFoundIsNull) : null;
  if (found) return found;
  // Opened before the host packs gigabytes for a file that can't be written.
  await (await open(part, 'w', 0o600)).close();
  try {
    const { envName, snapshotName, withRam } = of;
    const request = { envName, withRam, ...(snapshotName !== null && { snapshotName }) };
    const { transfer } = await runOperation(connection, (operationId) =>
      client.capsule.export({ operationId, ...request }),
    );
    return transfer;
  } catch (error) {
    await rm(part, { force: true });
    await rm(`${part}.json`, { force: true });
    throw error;
  }
}

async function fetchInto(
  { client }: NodeConnection,
  target: FileHandle,
  part: string,
  transfer: Transfer,
): Promise<void> {
  const hash = nodeHash();
  const have = (await target.stat()).size;
  if (have > transfer.sizeBytes) await target.truncate(0);
  const from = have > transfer.sizeBytes ? 0 : have;
  if (from > 0) for await (const piece of createReadStream(part, { end: from - 1 })) hash.update(piece as Buffer);
  for await (const piece of downloadChunks(client, transfer, from, showing('fetching'))) {
    hash.update(piece);
    await target.appendFile(piece);
  }
  await target.sync();
  try {
    checkArrived(transfer, hash.hex());
  } catch (error) {
    // Damaged bytes are not to be gone on with.
    await target.truncate(0);
    throw error;
  }
}

async function readNote(note: string): Promise<z.infer<typeof noteSchema> | null> {
  try {
    const found = noteSchema.safeParse(JSON.parse(await readFile(note, 'utf8')));
    return found.success ? found.data : null;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
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
