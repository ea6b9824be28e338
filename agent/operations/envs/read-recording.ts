// A piece of a recorded screen that an ENV was imported with.
import { RECORDING_TYPE, TtError } from '@tt/protocol';
import type { Services } from '../services.ts';

/** Throws ENV_NOT_FOUND, and RECORDING_NOT_FOUND also where the state came from a backup, which has no recordings. */
export async function readRecording(
  { inventory, recordings }: Pick<Services, 'inventory' | 'recordings'>,
  {
    name,
    recordingId,
    offset,
    lengthBytes,
  }: { name: string; recordingId: string; offset: number; lengthBytes: number },
): Promise<{ contentType: typeof RECORDING_TYPE; dataBase64: string }> {
  const known = inventory.env(name).recordings?.find(({ id }) => id === recordingId);
  const bytes = known ? await recordings.read(known.id, offset, lengthBytes) : null;
  if (!bytes) throw new TtError('RECORDING_NOT_FOUND', { envName: name, recordingId });
  return { contentType: RECORDING_TYPE, dataBase64: Buffer.from(bytes).toString('base64') };
}
