// Reads what one machine of a run prints, for programs on Node: as it comes, no faster than it is taken.
import { type RunOutputChannel, type StreamHello, streamClose, streamReadySchema, TtError } from '@tt/protocol';
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
  const waiting: Buffer[] = [];
  let waitingBytes = 0;
  let isReady = false;
  let closeCode: number | null = null;
  let wake: () => void = () => {};
  socket.on('open', () => socket.send(JSON.stringify({ ticket } satisfies StreamHello)));
  socket.on('message', (data: Buffer) => {
    if (!isReady) isReady = streamReadySchema.safeParse(jsonOf(data)).success;
    else {
      waiting.push(data);
      waitingBytes += data.length;
      if (waitingBytes > MOST_WAITING_BYTES) socket.pause();
    }
    wake();
  });
  // The close that follows says enough.
  socket.on('error', () => {});
  socket.on('close', (code) => {
    closeCode = code;
    wake();
  });
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

function jsonOf(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString());
  } catch {
    return null;
  }
}
