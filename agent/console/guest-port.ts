// A TCP connection to a port of a guest that is forwarded: for who can't reach the address it is forwarded at, because that is only the
// host's own.
import { connect, type Socket } from 'node:net';
import { streamClose } from '@tt/protocol';
import { StreamEndError } from '@tt/server';
import type { VmRecord } from '../state/vm-record.ts';

const CONNECT_TIMEOUT_MS = 5_000;

/** Where this host reaches it; null: it is not forwarded. */
export function forwardOf(vm: Pick<VmRecord, 'placement'>, guestPort: number): { host: string; port: number } | null {
  const mapping = vm.placement.portMap.find((one) => one.protocol === 'tcp' && one.guestPort === guestPort);
  return mapping ? { host: mapping.hostAddress, port: mapping.hostPort } : null;
}

/** Rejects with the close code `upstreamFailed` when nothing takes the connection there. */
export async function connectToPort(vm: Pick<VmRecord, 'placement'>, guestPort: number): Promise<Socket> {
  const place = forwardOf(vm, guestPort);
  // It was taken away after the ticket was issued.
  if (!place) throw new StreamEndError(streamClose.upstreamFailed, 'the port is not forwarded');
  const socket = connect({ ...place, noDelay: true });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const fail = (why: string) => {
    socket.destroy();
    reject(new StreamEndError(streamClose.upstreamFailed, why));
  };
  const timer = setTimeout(() => fail('the port does not take the connection'), CONNECT_TIMEOUT_MS);
  const onError = () => fail('the port refused the connection');
  socket.once('connect', resolve);
  socket.once('error', onError);
  try {
    await promise;
    // From here on its errors are the stream's.
    socket.off('error', onError);
    return socket;
  } finally {
    clearTimeout(timer);
  }
}
