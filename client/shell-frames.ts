// What the stream of a shell carries: frames (framing.ts). Both sides send `bytes`: what is typed, and what the terminal shows. The
// client says `resize` when its terminal has another size. The agent says `end` once, after all bytes, and closes with 4409.
import { type ShellEnd, shellEndSchema, type TerminalSize, terminalSizeSchema } from '@tt/protocol';
import { FrameCutter, FrameError, framed, framedNote, noteIn } from './framing.ts';

export type ShellFrame =
  | { kind: 'bytes'; bytes: Uint8Array }
  | { kind: 'resize'; size: TerminalSize }
  | { kind: 'end'; end: ShellEnd };

/** The most bytes of one frame. */
export const SHELL_FRAME_BYTES = 64 * 1024;

const KIND = { bytes: 0, resize: 1, end: 2 } as const;

export function encodeShellFrame(frame: ShellFrame): Uint8Array {
  switch (frame.kind) {
    case 'bytes':
      return framed(KIND.bytes, frame.bytes);
    case 'resize':
      return framedNote(KIND.resize, frame.size);
    case 'end':
      return framedNote(KIND.end, frame.end);
  }
}

/** Any number of bytes, as frames behind one another. */
export function* encodeShellBytes(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += SHELL_FRAME_BYTES) {
    yield encodeShellFrame({ kind: 'bytes', bytes: bytes.subarray(at, at + SHELL_FRAME_BYTES) });
  }
}

/** As FrameCutter. */
export class ShellFrameReader {
  readonly #cutter = new FrameCutter(SHELL_FRAME_BYTES);

  push(bytes: Uint8Array): ShellFrame[] {
    return this.#cutter.push(bytes).map(({ kind, payload }) => {
      switch (kind) {
        case KIND.bytes:
          return { kind: 'bytes', bytes: payload };
        case KIND.resize:
          return { kind: 'resize', size: noteIn(terminalSizeSchema, 'resize', payload) };
        case KIND.end:
          return { kind: 'end', end: noteIn(shellEndSchema, 'end', payload) };
        default:
          throw new FrameError(`a frame of unknown kind ${kind}`);
      }
    });
  }
}
