// Recorded screens of an unpacked capsule: looked through, since they come from others, and kept with the ENV that is made of it.
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { RecordingError } from '@tt/client/recordings';
import { type CapsuleManifest, type EnvRecording, reason } from '@tt/protocol';
import { CapsuleError } from '../../capsules/manifest-check.ts';
import type { UndoStack } from '../../host/undo-stack.ts';
import { lookAtFile } from '../../recordings/look-at-file.ts';
import type { Services } from '../services.ts';

/** `path`: absolute, below the folder of the unpacked capsule. */
export interface FoundRecording {
  path: string;
  about: Omit<EnvRecording, 'id'>;
}

/** Rejects with CapsuleError for what is no recording, or another one than the manifest says. */
export async function lookAtRecordings(
  folder: string,
  { recordings = [], members }: Pick<CapsuleManifest, 'recordings' | 'members'>,
): Promise<FoundRecording[]> {
  const found: FoundRecording[] = [];
  for (const { file, name, ...said } of recordings) {
    const member = members.find((one) => one.path === file);
    if (!member) throw new CapsuleError(reason('memberMissing', { file }));
    const place = path.join(folder, file);
    const facts = await lookAtFile(place).catch((error: unknown) => {
      if (error instanceof RecordingError) throw new CapsuleError(reason('memberNotRecording', { file }));
      throw error;
    });
    // Whoever looked at the manifest before would have been told of another one: without keys, say.
    if (!isDeepStrictEqual(facts, said)) throw new CapsuleError(reason('memberRecordingDiffers', { file }));
    const { sizeBytes, sha256 } = member;
    found.push({ path: place, about: { ...facts, name, sizeBytes, sha256 } });
  }
  return found;
}

/** Moves them to where the agent keeps them. They belong to the record that is made with them; until then `undo` removes them. */
export async function keepRecordings(
  { recordings }: Pick<Services, 'recordings'>,
  found: readonly FoundRecording[],
  undo: UndoStack,
): Promise<EnvRecording[]> {
  const kept: EnvRecording[] = [];
  for (const { path: file, about } of found) {
    const id = randomUUID();
    undo.add(`recording ${id}`, () => recordings.remove(id));
    await recordings.adopt(file, id);
    kept.push({ id, ...about });
  }
  return kept;
}
