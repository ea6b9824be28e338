// An output of a command behind its mark: what the login shell of the guest prints before (profiles, notices) is none of the command's.
import { Transform, type TransformCallback } from 'node:stream';
import { visible } from '@tt/protocol';
import { GuestError } from '../guest-channel/guest-error.ts';

const MOST_BEFORE_BYTES = 64 * 1024;
const MOST_LINE_BYTES = 256;
const MOST_SAID = 200;
const NEWLINE = 0x0a;

export class AfterMark extends Transform {
  readonly #mark: Buffer;
  readonly #onMark: (line: string) => void;
  /** Null: the mark has come. */
  #before: Buffer | null;

  /** `onMark` gets the rest of the mark's line. Fails with GUEST_SSH_INVALID if too much comes before. No mark: all is output. */
  constructor(mark: string | null, onMark: (line: string) => void) {
    super();
    this.#mark = Buffer.from(mark ?? '');
    this.#before = mark === null ? null : Buffer.alloc(0);
    this.#onMark = onMark;
  }

  /** The end of what came so far, if the mark has not come. */
  get said(): string {
    return visible((this.#before ?? Buffer.alloc(0)).subarray(-MOST_SAID).toString('utf8')).trim();
  }

  override _transform(bytes: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (this.#before === null) {
      done(null, bytes);
      return;
    }
    const all = Buffer.concat([this.#before, bytes]);
    const at = all.indexOf(this.#mark);
    const end = at === -1 ? -1 : all.indexOf(NEWLINE, at);
    if (end === -1) {
      this.#before = all;
      const isTooMuch = at === -1 ? all.length > MOST_BEFORE_BYTES : all.length - at > MOST_LINE_BYTES;
      done(isTooMuch ? new GuestError('GUEST_SSH_INVALID', 'it prints without end before the command') : null);
      return;
    }
    this.#before = null;
    this.#onMark(all.toString('utf8', at + this.#mark.length, end));
    const rest = all.subarray(end + 1);
    done(null, rest.length > 0 ? rest : undefined);
  }
}
