// What a viewer of a screen sends (RFB, viewer to server), cut into whole messages; also the beginning, which the agent answers
// itself. Anything else is refused.
import type { ByteParser } from './byte-steps.ts';
import { fromViewer, NO_SECURITY, RFB_VERSION } from './rfb.ts';

/** noVNC sends about 25. */
const MAX_ENCODINGS = 1024;
/** Of a text that is pasted, in one piece. */
const PIECE_BYTES = 4096;
/** The only message of QEMU's own that viewers may send. */
const EXTENDED_KEY = 0;

export interface ViewerListener {
  /** Sends to the viewer. */
  answer: (bytes: Buffer) => void;
  /** It waits for the description of the screen. */
  onReady: () => void;
  /** A whole message, or the beginning of a text of the clipboard. */
  onMessage: (message: Buffer) => void;
  /** More of a text of the clipboard. */
  onMoreText: (piece: Buffer) => void;
}

/** Reads one viewer. The caller sends it the version first. Throws for what is outside the protocol. */
export function* readViewer(listener: ViewerListener): ByteParser {
  const version = (yield 12).toString('latin1');
  if (version !== RFB_VERSION) throw new Error(`the viewer speaks ${JSON.stringify(version)}`);
  listener.answer(Buffer.from([1, NO_SECURITY]));
  if ((yield 1).readUInt8() !== NO_SECURITY) throw new Error('the viewer chose a security that was not offered');
  listener.answer(Buffer.alloc(4));
  // Whether it shares the screen: it always does.
  yield 1;
  listener.onReady();
  for (;;) {
    const type = Buffer.from(yield 1);
    const rest = yield* readRest(type.readUInt8());
    listener.onMessage(Buffer.concat([type, rest]));
    if (type.readUInt8() === fromViewer.cutText) yield* readText(Math.abs(rest.readInt32BE(3)), listener);
  }
}

function* readRest(type: number): Generator<number, Buffer, Buffer> {
  switch (type) {
    case fromViewer.setPixelFormat:
      return yield 19;
    case fromViewer.setEncodings: {
      const head = Buffer.from(yield 3);
      const count = head.readUInt16BE(1);
      if (count > MAX_ENCODINGS) throw new Error(`the viewer asked for ${count} encodings`);
      return Buffer.concat([head, yield 4 * count]);
    }
    case fromViewer.updateRequest:
      return yield 9;
    case fromViewer.key:
    case fromViewer.cutText:
      return yield 7;
    case fromViewer.pointer:
      return yield 5;
    case fromViewer.setDesktopSize: {
      const head = Buffer.from(yield 7);
      return Buffer.concat([head, yield 16 * head.readUInt8(5)]);
    }
    case fromViewer.qemu: {
      const head = Buffer.from(yield 1);
      if (head.readUInt8() !== EXTENDED_KEY) throw new Error(`the viewer sent QEMU’s message ${head.readUInt8()}`);
      return Buffer.concat([head, yield 10]);
    }
    default:
      throw new Error(`the viewer sent a message of unknown type ${type}`);
  }
}

function* readText(length: number, listener: ViewerListener): ByteParser {
  for (let left = length; left > 0; left -= PIECE_BYTES) listener.onMoreText(yield Math.min(left, PIECE_BYTES));
}
