// What one machine prints, as a stream: from an offset on, followed while it grows, to its end. What the reader sends is dropped.
import { Duplex } from 'node:stream';
import type { KeptOutput } from './kept-output.ts';

export function runStream(output: KeptOutput, offset: number): Duplex {
  const stop = new AbortController();
  const pieces = output.read(offset, stop.signal);
  return new Duplex({
    allowHalfOpen: false,
    read() {
      pieces.next().then(
        ({ done, value }) => this.push(done ? null : value),
        (error: Error) => this.destroy(error),
      );
    },
    write(_chunk, _encoding, done) {
      done();
    },
    destroy(error, done) {
      stop.abort();
      void closed(pieces, () => done(error));
    },
  });
}

/** Lets go of the file; never rejects. */
async function closed(pieces: AsyncGenerator, done: () => void): Promise<void> {
  await pieces.return(undefined).catch(() => {});
  done();
}
