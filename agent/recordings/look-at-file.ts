// Looks through a recording in a file of this host that anybody may have written.
import { recordingIn } from '@tt/client/node';
import { lookAtRecording } from '@tt/client/recordings';
import type { RecordingFacts } from '@tt/protocol';
import { openPlain } from '../host/plain-file.ts';

/** Rejects with RecordingError for what is no recording, or is larger than one may be. */
export async function lookAtFile(file: string): Promise<RecordingFacts> {
  await using handle = await openPlain(file);
  // Awaited here: the file is open until then.
  return await lookAtRecording(await recordingIn(handle));
}
