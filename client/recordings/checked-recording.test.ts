// What may travel with a capsule: recordings that are ones from the first byte to the last, and say whether keys are in them; and what is left
// of one without its keys.
import { RECORDING_BYTES_MAX } from '@tt/protocol';
import { describe, expect, it } from 'vitest';
import { lookAtRecording } from './checked-recording.ts';
import { encodeHead, encodeJson, encodeRecord, type RecordType, recordType } from './recording-format.ts';
import { RecordingReader, type RecordingSource } from './recording-reader.ts';
import { joined, recordedAbout, recordedBytes } from './test-recording.ts';
import { withoutKeys } from './without-keys.ts';

const facts = {
  vmName: 'demo/tiny-2-1',
  startedAt: '2026-11-30T12:00:00.000Z',
  lengthMs: 130_000,
  hasKeys: true,
};
const look = (bytes: Uint8Array<ArrayBuffer>) => lookAtRecording(new Blob([bytes]));
const begun = (hasInput: boolean) => encodeHead({ ...recordedAbout, hasInput });
const key = encodeRecord(recordType.input, 5, encodeJson({ code: 'KeyA', down: true }));
const end = encodeRecord(recordType.end, 5, encodeJson({ reason: 'stopped' }));

describe('a recording', () => {
  it('says whose it is, how long, and that keys are in it', async () => {
    expect(await look(recordedBytes())).toEqual(facts);
    expect(await look(recordedBytes({ hasInput: false }))).toEqual({ ...facts, hasKeys: false });
  });

  it('may break off anywhere behind its head', async () => {
    const whole = recordedBytes();
    const headBytes = begun(true).length;
    for (let size = headBytes; size < whole.length; size++)
      expect(await look(whole.slice(0, size))).toMatchObject({ hasKeys: true });
  });

  it.each([
    ['another file', Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0]), 'foreign'],
    ['an empty file', new Uint8Array(), 'foreign'],
    ['keys in one that says it has none', joined([begun(false), key, end]), 'broken'],
    ['bytes behind its end', joined([begun(true), end, Uint8Array.from([1])]), 'broken'],
    ['a key that is none', joined([begun(true), encodeRecord(recordType.input, 0, encodeJson({ code: 1 }))]), 'broken'],
    ['an end without a reason', joined([begun(true), encodeRecord(recordType.end, 0, new Uint8Array())]), 'broken'],
  ])('is not %s', async (_what, bytes, why) => {
    await expect(look(bytes)).rejects.toMatchObject({ why });
  });

  it('of a later version is told apart from what is no recording', async () => {
    const later = recordedBytes();
    later[7] = '2'.charCodeAt(0);
    await expect(look(later)).rejects.toMatchObject({ why: 'newer' });
  });

  it('is not read when it is larger than one may be', async () => {
    const source: RecordingSource = {
      size: RECORDING_BYTES_MAX + 1,
      slice: () => {
        throw new Error('read');
      },
    };
    await expect(lookAtRecording(source)).rejects.toMatchObject({ why: 'large' });
  });
});

describe('without its keys', () => {
  async function cut(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const pieces: Uint8Array[] = [];
    for await (const piece of withoutKeys(new Blob([bytes]))) pieces.push(piece);
    return joined(pieces);
  }

  it('has all else at its time, and says so', async () => {
    const plain = await cut(recordedBytes());
    expect(plain).toEqual(recordedBytes({ hasInput: false }));
    expect(new TextDecoder().decode(plain)).not.toContain('KeyS');
    expect(await look(plain)).toEqual({ ...facts, hasKeys: false });
  });

  it('has nothing of records that only a later version knows', async () => {
    const later = encodeRecord(9 as RecordType, 5, encodeJson({ typed: 'secret' }));
    const plain = await cut(joined([begun(true), later, key, end]));
    expect(plain).toEqual(joined([begun(false), end]));
  });

  it('of a file that breaks off has the whole records', async () => {
    const whole = recordedBytes();
    const reader = await RecordingReader.open(new Blob([await cut(whole.slice(0, whole.length - 3))]));
    expect((await reader.survey()).lengthMs).toBe(130_000);
  });
});
