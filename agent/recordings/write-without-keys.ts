// A copy of a recording of this host without the keys that were pressed.
import { open } from 'node:fs/promises';
import { recordingIn } from '@tt/client/node';
import { withoutKeys } from '@tt/client/recordings';
import { openPlain } from '../host/plain-file.ts';

/** `target` must not be there yet. Rejects with RecordingError for what is no recording. */
export async function writeWithoutKeys(file: string, target: string, signal: AbortSignal): Promise<void> {
  await using source = await openPlain(file);
  await using copy = await open(target, 'wx', 0o600);
  for await (const piece of withoutKeys(await recordingIn(source))) {
    signal.throwIfAborted();
    await copy.appendFile(piece);
  }
}
