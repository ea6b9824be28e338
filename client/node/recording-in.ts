// A recording in an open file, for the reader that looks through it.
import type { FileHandle } from 'node:fs/promises';
import type { RecordingSource } from '../recordings/index.ts';

/** As long as the file is now; its end comes early where it is cut meanwhile. */
export async function recordingIn(file: FileHandle): Promise<RecordingSource> {
  const { size } = await file.stat();
  return {
    size,
    slice: (from, to) => ({
      async arrayBuffer() {
        const bytes = new Uint8Array(Math.max(0, to - from));
        let done = 0;
        while (done < bytes.length) {
          const { bytesRead } = await file.read(bytes, done, bytes.length - done, from + done);
          if (bytesRead === 0) break;
          done += bytesRead;
        }
        return bytes.buffer.slice(0, done);
      },
    }),
  };
}
