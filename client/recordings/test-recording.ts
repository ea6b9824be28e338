// Small recordings, for tests.
import { type About, encodeHead, encodeJson, encodeRecord, recordType } from './recording-format.ts';

export const recordedAbout: About = {
  vmName: 'demo/tiny-2-1',
  vmId: 'vm-1',
  startedAt: '2026-11-30T12:00:00.000Z',
  hasInput: true,
};

/** A picture, keys with `hasInput`, a revert, and the end after 130 seconds. */
export function recordedBytes(about: Partial<About> = {}): Uint8Array<ArrayBuffer> {
  const whole = { ...recordedAbout, ...about };
  const key = (down: boolean) => encodeRecord(recordType.input, 900, encodeJson({ code: 'KeyS', down }));
  return joined([
    encodeHead(whole),
    encodeRecord(recordType.begin, 0, new Uint8Array()),
    encodeRecord(recordType.screen, 10, Uint8Array.from([1, 2, 3])),
    ...(whole.hasInput ? [key(true), key(false)] : []),
    encodeRecord(recordType.mark, 1_000, encodeJson({ kind: 'reverted', snapshot: 'clean' })),
    encodeRecord(recordType.screen, 130_000, Uint8Array.from([4])),
    encodeRecord(recordType.end, 130_000, encodeJson({ reason: 'stopped' })),
  ]);
}

export function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
