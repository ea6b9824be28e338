// Uploads begin carefully, go ahead over a line that answers promptly, and hold back again where answers are late.
import { TRANSFER_CHUNK_BYTES, TRANSFER_WINDOW_BYTES, UPLOAD_WINDOW_BYTES } from '@tt/protocol';
import { expect, test } from 'vitest';
import { UploadPace } from './upload-pace.ts';

const LARGE = 4 * TRANSFER_CHUNK_BYTES;

/** Sends as much as may be sent; the bytes of each message. */
function sendAll(pace: UploadPace, nowMs: number): number[] {
  const messages: number[] = [];
  for (let next = pace.partBytes; next > 0; next = pace.partBytes) {
    pace.send(next, nowMs);
    messages.push(next);
  }
  return messages;
}

test('over a line nobody knows yet it sends small messages, and no more of them than a window holds', () => {
  const pace = new UploadPace(TRANSFER_CHUNK_BYTES);
  expect(sendAll(pace, 0)).toEqual(Array.from({ length: 7 }, () => TRANSFER_CHUNK_BYTES));
  expect(pace.sent).toBe(TRANSFER_CHUNK_BYTES + TRANSFER_WINDOW_BYTES);
});

test('prompt answers let it send large messages, a larger window ahead', () => {
  const pace = new UploadPace(0);
  sendAll(pace, 0);
  pace.arrive(TRANSFER_CHUNK_BYTES, 1000);
  // The first ends where the large ones begin.
  expect(sendAll(pace, 1000)).toEqual([TRANSFER_CHUNK_BYTES, LARGE, LARGE, LARGE, LARGE, LARGE]);
  pace.arrive(pace.sent, 1500);
  expect(sendAll(pace, 1500)).toEqual(Array.from({ length: 7 }, () => LARGE));
  expect(7 * LARGE).toBe(UPLOAD_WINDOW_BYTES);
});

test('an answer that comes late makes it wait until less than a small window is under way', () => {
  const pace = new UploadPace(0);
  pace.send(pace.partBytes, 0);
  pace.arrive(pace.sent, 10);
  const from = pace.sent;
  sendAll(pace, 10);
  pace.arrive(from + LARGE, 1011);
  expect(sendAll(pace, 1011)).toEqual([]);
  pace.arrive(pace.sent - TRANSFER_WINDOW_BYTES, 5000);
  expect(pace.partBytes).toBe(0);
  pace.arrive(pace.sent, 5000);
  expect(sendAll(pace, 5000)).toEqual(Array.from({ length: 7 }, () => TRANSFER_CHUNK_BYTES));
});

test('an answer about part of a message says nothing of the line yet', () => {
  const pace = new UploadPace(0);
  pace.send(pace.partBytes, 0);
  pace.arrive(1, 0);
  expect(pace.partBytes).toBe(TRANSFER_CHUNK_BYTES);
});
