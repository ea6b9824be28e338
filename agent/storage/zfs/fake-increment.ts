// Test support: the stream that `zfs send -i` makes of two states of a volume, for `fake-zfs.ts`.
import { readFileSync } from 'node:fs';

const BLOCK_BYTES = 8192;
const RECORD_BYTES = 312;
const ZEROES = Buffer.alloc(BLOCK_BYTES);

/** `bytes` null: a block that became a hole. */
interface Change {
  offset: number;
  bytes: Buffer | null;
}

export function streamOf(changes: readonly Change[]): Buffer {
  const records = changes.flatMap(({ offset, bytes }) => {
    const head = record(bytes === null ? 4 : 3);
    head.writeBigUInt64LE(BigInt(offset), bytes === null ? 16 : 24);
    head.writeBigUInt64LE(BigInt(bytes?.length ?? BLOCK_BYTES), bytes === null ? 24 : 32);
    return bytes === null ? [head] : [head, bytes];
  });
  const object = record(1);
  object.writeUInt32LE(10, 28);
  return Buffer.concat([record(0), object, Buffer.alloc(16), ...records, record(5)]);
}

/** From the file of one state to that of another. */
export function incrementOf(before: string, after: string): Buffer {
  const [one, other] = [readFileSync(before), readFileSync(after)];
  const changes: Change[] = [];
  for (let offset = 0; offset < other.length; offset += BLOCK_BYTES) {
    const [old, now] = [one, other].map((file) => file.subarray(offset, offset + BLOCK_BYTES)) as [Buffer, Buffer];
    if (!isZero(now) && !now.equals(old)) changes.push({ offset, bytes: now });
    else if (isZero(now) && !isZero(old)) changes.push({ offset, bytes: null });
  }
  return streamOf(changes);
}

/** As ZFS says of a volume what it refers to: its blocks that hold something. */
export function heldBytes(file: string): number {
  const bytes = readFileSync(file);
  let held = 0;
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    if (!isZero(bytes.subarray(at, at + BLOCK_BYTES))) held += BLOCK_BYTES;
  }
  return held;
}

function isZero(bytes: Buffer): boolean {
  return bytes.equals(ZEROES.subarray(0, bytes.length));
}

function record(type: number): Buffer {
  const head = Buffer.alloc(RECORD_BYTES);
  head.writeUInt32LE(type, 0);
  return head;
}
