// Recorded screens that somebody sent, on their way into a capsule: each is looked through before anything is packed, so that no capsule of
// TT holds a file that is none.
import { link, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { RecordingError, whyNoRecording } from '@tt/client/recordings';
import { type CapsuleManifest, TtError } from '@tt/protocol';
import { lookAtFile } from '../../recordings/look-at-file.ts';
import type { TakenUpload } from '../../transfers/interface.ts';
import type { Caller } from '../caller.ts';
import type { Services } from '../services.ts';

type Recordings = NonNullable<CapsuleManifest['recordings']>;

/** Of a capsule: its members with recordings. */
const FOLDER = 'recordings';

/** To be disposed of: uploads that were not used up by then can be named in another request. */
export interface TakenRecordings extends AsyncDisposable {
  /** In the order they were named in, without their place in the capsule. */
  readonly facts: readonly Omit<Recordings[number], 'file'>[];
  readonly uploads: readonly TakenUpload[];
  /** Of all together. */
  readonly sizeBytes: number;
  /** They are in a capsule: the uploads go. */
  useUp(): Promise<void>;
}

/**
 * Takes uploads and looks through them. Rejects with RECORDING_INVALID (that upload is removed), TRANSFER_NOT_FOUND or TRANSFER_STATE; all
 * others are given back then.
 */
export async function takeRecordings(
  { transfers }: Pick<Services, 'transfers'>,
  transferIds: readonly string[],
  caller: Caller,
): Promise<TakenRecordings> {
  const uploads: TakenUpload[] = [];
  let isUsed = false;
  const giveBack = async () => {
    if (isUsed) return;
    for (const upload of uploads) await upload.giveBack();
  };
  try {
    const facts: Omit<Recordings[number], 'file'>[] = [];
    for (const transferId of transferIds) {
      const upload = transfers.take(transferId, caller);
      facts.push({ ...(await factsOf(upload)), name: upload.fileName });
      uploads.push(upload);
    }
    const sizeBytes = uploads.reduce((sum, upload) => sum + upload.sizeBytes, 0);
    const useUp = async () => {
      isUsed = true;
      for (const upload of uploads) await upload.remove();
    };
    return { facts, uploads, sizeBytes, useUp, [Symbol.asyncDispose]: giveBack };
  } catch (error) {
    await giveBack();
    throw error;
  }
}

/** Links them below `folder`, on the file system of the transfers. What a manifest says of them. */
export async function gatherRecordings({ facts, uploads }: TakenRecordings, folder: string): Promise<Recordings> {
  if (uploads.length > 0) await mkdir(path.join(folder, FOLDER), { mode: 0o700 });
  const gathered: Recordings = [];
  for (const [index, about] of facts.entries()) {
    const file = `${FOLDER}/${index}.ttrec`;
    const upload = uploads[index];
    if (upload) await link(upload.path, path.join(folder, file));
    gathered.push({ ...about, file });
  }
  return gathered;
}

async function factsOf(upload: TakenUpload) {
  try {
    return await lookAtFile(upload.path);
  } catch (cause) {
    const { fileName } = upload;
    const isBad = cause instanceof RecordingError;
    const error = isBad
      ? new TtError('RECORDING_INVALID', { fileName, reason: whyNoRecording(cause) }, { cause })
      : cause;
    await upload.giveBack(error);
    throw error;
  }
}
