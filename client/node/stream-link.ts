// Carries bytes between a socket of this computer and a stream of a server, neither faster than the other end takes them.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { STREAM_HIGH_WATER_BYTES } from '@tt/protocol';
import { openStreamOverWebSocket } from '../stream.ts';
import type { NodeConnection } from './connect.ts';

const DRAIN_LOOK_MS = 20;

/** Resolves when the bytes flow. Rejects as the call for the ticket does. Either end closes the other. */
export async function linkToStream(
  connection: Pick<NodeConnection, 'openStreamSocket'>,
  ticketOf: () => Promise<{ ticket: string }>,
  viewer: Socket,
): Promise<void> {
  const { ticket } = await ticketOf();
  const socket = connection.openStreamSocket();
  const channel = openStreamOverWebSocket(socket as unknown as WebSocket, ticket);
  let look: NodeJS.Timeout | undefined;
  channel.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
    if (viewer.write(new Uint8Array(data))) return;
    socket.pause();
    viewer.once('drain', () => socket.resume());
  };
  channel.onclose = () => viewer.end();
  viewer.on('close', () => {
    clearInterval(look);
    channel.close(1000);
  });
  channel.onopen = () => {
    viewer.on('data', (bytes: Buffer) => {
      channel.send(bytes);
      if (socket.bufferedAmount <= STREAM_HIGH_WATER_BYTES) return;
      viewer.pause();
      look = setInterval(() => {
        if (socket.bufferedAmount > STREAM_HIGH_WATER_BYTES) return;
        clearInterval(look);
        viewer.resume();
      }, DRAIN_LOOK_MS);
    });
    viewer.resume();
  };
  if (viewer.destroyed) channel.close(1000);
  else await Promise.race([once(socket, 'open'), once(socket, 'close')]);
}
