// Recorded screens on their way into a capsule: those that somebody sent, and those that the ENV was imported with. Each is looked through
// before anything is packed, so that no capsule of TT holds a file that is none.
import { link, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { RecordingError, whyNoRecording } from '@tt/client/recordings';
import { type CapsuleManifest, type RecordingFacts, TtError } from '@tt/protocol';
import { lookAtFile } from '../../recordings/look-at-file.ts';
import { writeWithoutKeys } from '../../recordings/write-without-keys.ts';
import type { TakenUpload } from '../../transfers/interface.ts';
import type { Caller } from '../caller.ts';
import type { InputOf } from '../define-operation.ts';
import type { Services } from '../services.ts';

type Recordings = NonNullable<CapsuleManifest['recordings']>;

/** Of a capsule: its members with recordings. */
const FOLDER = 'recordings';

interface TakenRecording {
  /** What a manifest says of it, without its place in the capsule. */
  about: Omit<Recordings[number], 'file'>;
  sizeBytes: number;
  putAt: (file: string, signal: AbortSignal) => Promise<void>;
}

/** To be disposed of: uploads that were not used up by then can be named in another request. */
export interface TakenRecordings extends AsyncDisposable {
  /** Those that were sent, in the order they were named in, then the others. */
  readonly all: readonly TakenRecording[];
  /** Of all together. */
  readonly sizeBytes: number;
  /** They are in a capsule: the uploads go. */
  useUp(): Promise<void>;
}

/**
 * Takes what an export names, and looks through it. Rejects with RECORDING_INVALID (if it is an upload, that is removed),
 * RECORDING_NOT_FOUND, TRANSFER_NOT_FOUND or TRANSFER_STATE; all other uploads are given back then.
 */
export async function takeRecordings(
  services: Pick<Services, 'transfers' | 'inventory' | 'recordings'>,
  { envName, recordings = [], keptRecordings = [] }: InputOf<'capsule.export'>,
  caller: Caller,
): Promise<TakenRecordings> {
  const uploads: TakenUpload[] = [];
  let isUsed = false;
  const giveBack = async () => {
    if (isUsed) return;
    for (const upload of uploads) await upload.giveBack();
  };
  try {
    const all: TakenRecording[] = [];
    for (const transferId of recordings) {
      const upload = services.transfers.take(transferId, caller);
      all.push(await sentOne(upload));
      uploads.push(upload);
    }
    for (const kept of keptRecordings) all.push(await keptOne(services, envName, kept));
    const sizeBytes = all.reduce((sum, one) => sum + one.sizeBytes, 0);
    const useUp = async () => {
      isUsed = true;
      for (const upload of uploads) await upload.remove();
    };
    return { all, sizeBytes, useUp, [Symbol.asyncDispose]: giveBack };
  } catch (error) {
    await giveBack();
    throw error;
  }
}

/** Puts them below `folder`, on the file system of the transfers. What a manifest says of them. */
export async function gatherRecordings(
  { all }: TakenRecordings,
  folder: string,
  signal: AbortSignal,
): Promise<Recordings> {
  if (all.length > 0) await mkdir(path.join(folder, FOLDER), { mode: 0o700 });
  const gathered: Recordings = [];
  for (const [index, { about, putAt }] of all.entries()) {
    const file = `${FOLDER}/${index}.ttrec`;
    await putAt(path.join(folder, file), signal);
    gathered.push({ ...about, file });
  }
  return gathered;
}

async function sentOne(upload: TakenUpload): Promise<TakenRecording> {
  const { fileName: name, sizeBytes, path: from } = upload;
  try {
    return { about: { ...(await lookedAt(from, name)), name }, sizeBytes, putAt: (file) => link(from, file) };
  } catch (error) {
    await upload.giveBack(error);
    throw error;
  }
}

/** Looked at again: its file was here for long. */
async function keptOne(
  { inventory, recordings }: Pick<Services, 'inventory' | 'recordings'>,
  envName: string,
  { recordingId, withoutKeys }: NonNullable<InputOf<'capsule.export'>['keptRecordings']>[number],
): Promise<TakenRecording> {
  const known = inventory.env(envName).recordings?.find(({ id }) => id === recordingId);
  if (!known) throw new TtError('RECORDING_NOT_FOUND', { envName, recordingId });
  const { name, sizeBytes } = known;
  const from = recordings.pathOf(recordingId);
  const facts = await lookedAt(from, name).catch((error: unknown) => {
    // The state came from a backup, which has no recordings.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new TtError('RECORDING_NOT_FOUND', { envName, recordingId }, { cause: error });
  });
  if (!withoutKeys || !facts.hasKeys)
    return { about: { ...facts, name }, sizeBytes, putAt: (file) => link(from, file) };
  const putAt = (file: string, signal: AbortSignal) => writeWithoutKeys(from, file, signal);
  return { about: { ...facts, hasKeys: false, name }, sizeBytes, putAt };
}

async function lookedAt(file: string, fileName: string): Promise<RecordingFacts> {
  try {
    return await lookAtFile(file);
  } catch (cause) {
    if (!(cause instanceof RecordingError)) throw cause;
    throw new TtError('RECORDING_INVALID', { fileName, reason: whyNoRecording(cause) }, { cause });
  }
}
