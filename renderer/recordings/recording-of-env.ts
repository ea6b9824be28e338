// A recording that an ENV was imported with, read from the agent piece by piece as it is played: nothing of it is kept here.
import type { RecordingSource } from '@tt/client/recordings';
import type { EnvRecording, TtClient } from '@tt/protocol';

/** Its slices reject with what the agent answers. */
export function recordingOfEnv(
  client: Pick<TtClient, 'env'>,
  name: string,
  { id: recordingId, sizeBytes }: Pick<EnvRecording, 'id' | 'sizeBytes'>,
): RecordingSource {
  return {
    size: sizeBytes,
    slice: (from, to) => ({
      async arrayBuffer() {
        const bytes = new Uint8Array(Math.max(0, Math.min(to, sizeBytes) - from));
        for (let done = 0; done < bytes.length; ) {
          const { dataBase64 } = await client.env.readRecording({ name, recordingId, offset: from + done });
          const piece = bytesOf(dataBase64);
          // The file was cut on the host: what is there is all there is.
          if (piece.length === 0) return bytes.buffer.slice(0, done);
          bytes.set(piece.subarray(0, bytes.length - done), done);
          done += piece.length;
        }
        return bytes.buffer;
      },
    }),
  };
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}
