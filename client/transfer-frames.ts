// What a transfer's stream carries: frames (framing.ts).
//
// Upload: the agent says `progress` (what it has), the client sends `data` from there on, each answered by `progress` once it is
// written, then `end` with the hash it expects, if it knows one; the agent answers `end` with the transfer.
// Download: the client says `progress` (what it has), the agent sends `data` from there on, the client answers with `progress`
// as it deals with them; the agent says `end` with the transfer. `size` comes once, before the first bytes: those of a file that is
// still packed come as it grows, and `failed` when it will never be whole.
// Neither sends more beyond the last `progress` than TRANSFER_WINDOW_BYTES, or UPLOAD_WINDOW_BYTES over a prompt line. `failed` carries a coded error and ends it.
import { TRANSFER_CHUNK_BYTES, transferSchema } from '@tt/protocol';
import { z } from 'zod';
import { FrameCutter, FrameError, framed, framedInRow, framedNote, noteIn } from './framing.ts';

export const transferFrameSchemas = {
  progress: z.strictObject({ doneBytes: z.number().int().nonnegative() }),
  end: z.strictObject({ sha256: z.string().nullable(), transfer: transferSchema.nullable() }),
  size: z.strictObject({ sizeBytes: z.number().int().nonnegative() }),
  failed: z.strictObject({ code: z.string(), data: z.record(z.string(), z.unknown()) }),
};
type Notes = { [Kind in keyof typeof transferFrameSchemas]: z.infer<(typeof transferFrameSchemas)[Kind]> };
type NoteKind = keyof Notes;

export type TransferFrame =
  | { kind: 'data'; bytes: Uint8Array }
  | { [Kind in NoteKind]: { kind: Kind } & Notes[Kind] }[NoteKind];

const kinds = ['data', 'progress', 'end', 'failed', 'size'] as const;

export function encodeFrame(frame: TransferFrame): Uint8Array {
  if (frame.kind === 'data') return framed(0, frame.bytes);
  const { kind, ...note } = frame;
  return framedNote(kinds.indexOf(kind), note);
}

/** Frames of data in one piece, to be sent as one message: each message costs both ends much more than its bytes do. */
export function encodeData(bytes: Uint8Array): Uint8Array {
  return framedInRow(kinds.indexOf('data'), bytes, TRANSFER_CHUNK_BYTES);
}

/** Cuts frames out of bytes however they are torn. Throws FrameError on anything else; it is of no use afterwards. */
export class FrameReader {
  readonly #cutter = new FrameCutter(TRANSFER_CHUNK_BYTES);

  push(bytes: Uint8Array): TransferFrame[] {
    return this.#cutter.push(bytes).map(({ kind, payload }) => frameOf(kind, payload));
  }
}

function frameOf(number: number, payload: Uint8Array): TransferFrame {
  const kind = kinds[number];
  if (kind === undefined) throw new FrameError(`a frame of unknown kind ${number}`);
  if (kind === 'data') return { kind, bytes: payload };
  return { kind, ...noteIn<object>(transferFrameSchemas[kind], kind, payload) } as TransferFrame;
}
