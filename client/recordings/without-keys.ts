// A recording without the keys that were pressed: passwords are typed into consoles, and whoever gets the file reads them.
import { encodeHead, encodeRecord, type RecordType, recordType } from './recording-format.ts';
import { RecordingReader, type RecordingSource } from './recording-reader.ts';

/** All else is kept as it is. What a later version has in records of its own is left out: it may be keys. */
const kept: ReadonlySet<number> = new Set<RecordType>([
  recordType.begin,
  recordType.screen,
  recordType.mark,
  recordType.end,
]);
const PIECE_BYTES = 1024 * 1024;

/** The new file, piece by piece. Rejects with RecordingError for what is no recording. */
export async function* withoutKeys(source: RecordingSource): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const reader = await RecordingReader.open(source);
  yield encodeHead({ ...reader.about, hasInput: false });
  for await (const { type, atMs, read } of reader.heads(PIECE_BYTES)) {
    if (kept.has(type)) yield encodeRecord(type as RecordType, atMs, await read());
  }
}
