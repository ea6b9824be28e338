// Looks through a recording of others: that it is one from its first byte to its last, within the limits of what travels with a capsule,
// and says itself whether keys are in it.
import { type Reason, reason, RECORDING_BYTES_MAX, type RecordingFacts } from '@tt/protocol';
import { endSchema, inputSchema, markSchema, readJson, RecordingError, recordType } from './recording-format.ts';
import { RecordingReader, type RecordingSource } from './recording-reader.ts';

/** A frame every 10 ms for as long as a recording may take, and as many keys. */
const MOST_RECORDS = 4_000_000;
/** All of it is looked at in order. */
const PIECE_BYTES = 1024 * 1024;
const MIB = 1024 * 1024;

/**
 * Reads all of it, a piece at a time. A file that breaks off in a record is fine: it can be played up to there. Rejects with
 * RecordingError, `broken` also for bytes behind its end and for keys in a file that says it has none.
 */
export async function lookAtRecording(source: RecordingSource): Promise<RecordingFacts> {
  if (source.size > RECORDING_BYTES_MAX) throw new RecordingError('large');
  const reader = await RecordingReader.open(source);
  let lengthMs = 0;
  let count = 0;
  for await (const { type, atMs, endAt, read } of reader.heads(PIECE_BYTES)) {
    if (++count > MOST_RECORDS) throw new RecordingError('broken');
    lengthMs = Math.max(lengthMs, atMs);
    if (type === recordType.input) {
      if (!reader.about.hasInput) throw new RecordingError('broken');
      readJson(inputSchema, await read());
    } else if (type === recordType.mark) {
      readJson(markSchema, await read());
    } else if (type === recordType.end) {
      readJson(endSchema, await read());
      if (endAt !== source.size) throw new RecordingError('broken');
    }
  }
  const { vmName, startedAt, hasInput } = reader.about;
  return { vmName, startedAt, lengthMs, hasKeys: hasInput };
}

/** Why it can’t be in a capsule. */
export function whyNoRecording({ why }: RecordingError): Reason {
  switch (why) {
    case 'foreign':
      return reason('recordingForeign');
    case 'newer':
      return reason('recordingNewer');
    case 'broken':
      return reason('recordingBroken');
    case 'large':
      return reason('recordingLarge', { maxMiB: RECORDING_BYTES_MAX / MIB });
  }
}
