// Pure: whether a port of a guest accepts connections, from what Linux tells of its sockets. So no program is needed in the guest, and
// nothing connects to the service.

/** Prints the sockets. A guest without IPv6 has only the first file. */
export const LISTENING = 'cat /proc/net/tcp; cat /proc/net/tcp6';

/** `local_address rem_address st`: a listening socket has no other end, and state 0A. */
const SOCKET = /^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:0000 0A /i;

export function isListening(sockets: string, port: number): boolean {
  return sockets.split('\n').some((line) => Number.parseInt(SOCKET.exec(line)?.[1] ?? '', 16) === port);
}
