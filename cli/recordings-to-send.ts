// Recordings of this computer that go into a capsule: looked through before anything is packed, and without the keys if that is asked for,
// so that those never leave this computer.
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { recordingIn } from '@tt/client/node';
import {
  lookAtRecording,
  RecordingError,
  type RecordingSource,
  whyNoRecording,
  withoutKeys as plain,
} from '@tt/client/recordings';
import { reason, type RecordingFacts, RECORDINGS_MAX, TtError } from '@tt/protocol';
import { openToSend } from './local-file.ts';

export interface RecordingToSend {
  /** Without its folder. */
  fileName: string;
  facts: RecordingFacts;
  source: RecordingSource;
  /** The same as long as the file is. */
  identity: string;
}

/** To be disposed of: files are open until then. */
export interface OpenRecordings extends AsyncDisposable {
  recordings: readonly RecordingToSend[];
}

/** Rejects with FILE_UNUSABLE for what is no recording, and for more than a capsule takes. */
export async function openRecordings(
  files: readonly string[],
  { withoutKeys }: { withoutKeys: boolean },
): Promise<OpenRecordings> {
  const tooMany = files[RECORDINGS_MAX];
  if (tooMany !== undefined) throw tooManyRecordings(tooMany);
  const ends: (() => Promise<void>)[] = [];
  const end = async () => {
    for (const one of ends.toReversed()) await one();
  };
  try {
    const recordings: RecordingToSend[] = [];
    for (const file of files) recordings.push(await opened(file, withoutKeys, (work) => ends.push(work)));
    return { recordings, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** `file`: the first that does not fit. */
export function tooManyRecordings(file: string): TtError {
  return new TtError('FILE_UNUSABLE', { file, reason: reason('recordingsTooMany', { max: RECORDINGS_MAX }) });
}

async function opened(
  file: string,
  withoutKeys: boolean,
  atEnd: (work: () => Promise<void>) => void,
): Promise<RecordingToSend> {
  const handle = await openToSend(file);
  atEnd(() => handle.close());
  try {
    const { size, ctimeMs } = await handle.stat();
    const whole = await recordingIn(handle);
    const facts = await lookAtRecording(whole);
    const isCut = withoutKeys && facts.hasKeys;
    const source = isCut ? await recordingIn(await cutCopy(whole, atEnd)) : whole;
    return {
      fileName: path.basename(file),
      facts: isCut ? { ...facts, hasKeys: false } : facts,
      source,
      identity: JSON.stringify([path.resolve(file), size, ctimeMs, isCut]),
    };
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error;
    throw new TtError('FILE_UNUSABLE', { file, reason: whyNoRecording(error) }, { cause: error });
  }
}

/** In a folder that only this user can look into. */
async function cutCopy(source: RecordingSource, atEnd: (work: () => Promise<void>) => void): Promise<FileHandle> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-recording-'));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  const copy = await open(path.join(folder, 'plain'), 'wx+', 0o600);
  atEnd(() => copy.close());
  for await (const piece of plain(source)) await copy.appendFile(piece);
  return copy;
}
