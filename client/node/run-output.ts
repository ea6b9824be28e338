// Reads what one machine of a run prints, for programs on Node: as it comes, no faster than it is taken.
import { type RunOutputChannel, streamClose, TtError } from '@tt/protocol';
import { openStreamOverWebSocket } from '../stream.ts';
import type { NodeConnection } from './connect.ts';

export interface RunOutputPlace {
  runId: string;
  vmId: string;
  channel: RunOutputChannel;
  /** Bytes that are skipped. Default: none. */
  offset?: number;
}

/** Waiting for their reader, before the agent is made to wait. */
const MOST_WAITING_BYTES = 1024 * 1024;

/**
 * The kept bytes, to the end of the command. Rejects as the call does; with AGENT_GONE when the link is cut, or the run is deleted;
 * with the reason of `signal`.
 */
export async function* runOutput(
  connection: Pick<NodeConnection, 'client' | 'openStreamSocket'>,
  place: RunOutputPlace,
  signal?: AbortSignal,
): AsyncGenerator<Buffer, void> {
  const { ticket } = await connection.client.run.output(place, signal ? { signal } : {});
  const socket = connection.openStreamSocket();
  const stream = openStreamOverWebSocket(socket as unknown as WebSocket, ticket);
  const waiting: Buffer[] = [];
  let waitingBytes = 0;
  let isReady = false;
  let closeCode: number | null = null;
  let wake: () => void = () => {};
  stream.onopen = () => {
    isReady = true;
  };
  stream.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
    waiting.push(Buffer.from(data));
    waitingBytes += data.byteLength;
    if (waitingBytes > MOST_WAITING_BYTES) socket.pause();
    wake();
  };
  stream.onclose = ({ code }) => {
    closeCode = code;
    wake();
  };
  const abort = () => socket.terminate();
  signal?.addEventListener('abort', abort);
  try {
    for (;;) {
      signal?.throwIfAborted();
      const bytes = waiting.shift();
      if (bytes) {
        waitingBytes -= bytes.length;
        if (waitingBytes <= MOST_WAITING_BYTES / 2) socket.resume();
        yield bytes;
      } else if (closeCode === streamClose.vmNotRunning && isReady) return;
      else if (closeCode !== null) throw new TtError('AGENT_GONE', { call: 'run.output' });
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    signal?.removeEventListener('abort', abort);
    socket.terminate();
  }
}
