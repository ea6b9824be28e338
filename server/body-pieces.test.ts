// Pieces of a body: few of them handed over together, one that comes alone soon, and no bytes lost at its end.
import { PassThrough } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { bodyPieces } from './body-pieces.ts';

const KIB = 1024;
const PATIENCE = { mostWaitMs: 1000, leastBytesPerS: 1000 };

let body: PassThrough;
let pieces: AsyncGenerator<readonly Uint8Array[], void, void>;
beforeEach(() => {
  vi.useFakeTimers();
  body = new PassThrough({ highWaterMark: 4 * KIB * KIB });
  pieces = bodyPieces(body as unknown as IncomingMessage, PATIENCE);
});
afterEach(() => {
  body.destroy();
  vi.useRealTimers();
});

/** The next piece that is handed over, and whether it has been. */
function next(): { bytes: number | null } {
  const seen: { bytes: number | null } = { bytes: null };
  void pieces.next().then(({ value }) => {
    seen.bytes = (value ?? []).reduce((sum, { length }) => sum + length, 0);
  });
  return seen;
}

it('small pieces are handed over together, once there are enough', async () => {
  const seen = next();
  for (let sent = 0; sent < 31; sent++) body.write(Buffer.alloc(16 * KIB));
  await vi.advanceTimersByTimeAsync(0);
  expect(seen.bytes).toBe(null);
  body.write(Buffer.alloc(16 * KIB));
  await vi.advanceTimersByTimeAsync(0);
  expect(seen.bytes).toBe(512 * KIB);
});

it('a piece behind which nothing comes does not wait for more', async () => {
  const seen = next();
  body.write('abc');
  await vi.advanceTimersByTimeAsync(9);
  expect(seen.bytes).toBe(null);
  await vi.advanceTimersByTimeAsync(1);
  expect(seen.bytes).toBe(3);
});

it('the end of the body is not waited for, and loses nothing', async () => {
  const seen = next();
  body.end('abc');
  await vi.advanceTimersByTimeAsync(0);
  expect(seen.bytes).toBe(3);
  const end = next();
  await vi.advanceTimersByTimeAsync(0);
  expect(end.bytes).toBe(0);
});
