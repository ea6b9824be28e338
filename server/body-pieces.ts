// The body of a request that may take hours, piece by piece as its reader deals with them. Its sender has a credit of time, which each byte
// adds to: one that sends nothing, or next to nothing, is not waited for any longer.
import type { IncomingMessage } from 'node:http';

/** What is held while its reader is busy with the last pieces. */
const MOST_HELD_BYTES = 1024 * 1024;
/**
 * Handed over once so many are there, or this time after the first: whoever sends 16 KiB at once, as browsers do, would have each of them
 * written and hashed on its own.
 */
const ENOUGH_BYTES = 512 * 1024;
const GATHER_MS = 10;

export interface BodyPatience {
  /** How long nothing may come; a credit that is used up by waiting. */
  mostWaitMs: number;
  /** Bytes that make up for a second of waiting. */
  leastBytesPerS: number;
}

/** What is sent of a file. */
export interface SentBody {
  /** As the path names it: not checked against the ticket yet. */
  transferId: string;
  /** Of its first byte in the file. */
  offset: number;
  /** As announced; null: the body ends where it ends. */
  lengthBytes: number | null;
  /** Can be gone through once. Throws when the sender leaves or is too slow. */
  pieces: AsyncIterable<readonly Uint8Array[]>;
}

/** The sender of a body was too slow. */
export class SlowBodyError extends Error {}

/**
 * All that has come since the last time, and at least one piece; if that is little, what follows within 10 ms as well. The time that the reader
 * takes is not the sender’s. Throws SlowBodyError, or the error of a body that was cut; the request itself is not ended, so that it can still be
 * answered.
 */
export async function* bodyPieces(
  body: IncomingMessage,
  { mostWaitMs, leastBytesPerS }: BodyPatience,
): AsyncGenerator<readonly Uint8Array[], void, void> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  const over: { error: unknown }[] = [];
  let wake = () => {};
  const take = (piece: Buffer) => {
    held.push(piece);
    heldBytes += piece.length;
    if (heldBytes >= MOST_HELD_BYTES) body.pause();
    wake();
  };
  const finish = (error: unknown) => {
    over.push({ error });
    wake();
  };
  const cut = (error: unknown = Object.assign(new Error('the body was cut'), { code: 'ECONNRESET' })) => finish(error);
  const listeners = { data: take, end: () => finish(null), error: cut, close: () => cut() } as const;
  for (const [event, listener] of Object.entries(listeners)) body.on(event, listener);
  // Nothing is heard of one that has left before.
  if (body.destroyed) cut(body.errored ?? undefined);
  /** Resolves when so many are held, or nothing more comes; false: neither is so after this time. */
  const gathered = async (leastBytes: number, limitMs: number): Promise<boolean> => {
    const isSo = () => heldBytes >= leastBytes || over.length > 0;
    const limit = performance.now() + limitMs;
    while (!isSo()) {
      const leftMs = limit - performance.now();
      if (leftMs <= 0) return false;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        wake = () => {
          if (!isSo()) return;
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return true;
  };
  let creditMs = mostWaitMs;
  try {
    for (;;) {
      const begun = performance.now();
      if (!(await gathered(1, creditMs))) throw new SlowBodyError('the body comes too slowly');
      await gathered(ENOUGH_BYTES, GATHER_MS);
      if (heldBytes === 0) {
        // How it ended first.
        const [{ error } = { error: null }] = over;
        if (error) throw error;
        return;
      }
      const earnedMs = (heldBytes / leastBytesPerS) * 1000;
      creditMs = Math.min(mostWaitMs, creditMs - (performance.now() - begun) + earnedMs);
      const pieces = held;
      held = [];
      heldBytes = 0;
      body.resume();
      yield pieces;
    }
  } finally {
    for (const [event, listener] of Object.entries(listeners)) body.off(event, listener);
  }
}
