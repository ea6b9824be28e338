// Detects connections to the agent that come from a guest. QEMU's user networking opens connections to 10.0.2.2 (on a switch: to the gateway)
// on the host's own loopback, so a guest can reach every port there. The agent closes them whatever they send (decision 0034).
import type { Socket } from 'node:net';
import { TtError } from '@tt/protocol';
import { SeldomLines } from '@tt/server';
import type { Logger } from 'pino';
import { type Endpoint, holdsSocket, type SocketOwner, socketOwner } from '../host/socket-owner.ts';
import { isBehindQemu } from '../network/behind-qemu.ts';
import type { VmRecord } from '../state/vm-record.ts';

export interface GuestConnectionOptions {
  /** Those that run. */
  vms: () => readonly Pick<VmRecord, 'name' | 'spec' | 'placement' | 'status'>[];
  logger: Logger;
  /** Default: the kernel's. */
  ownerOf?: (local: Endpoint, remote: Endpoint) => Promise<SocketOwner | null>;
  holds?: (pid: number, inode: number) => Promise<boolean>;
  platform?: NodeJS.Platform;
}

/**
 * Why a connection is refused: GUEST_REFUSED if a guest with user networking made it, otherwise null. Cheap for others: only
 * connections from this host are checked, and only while such a guest runs.
 */
export function guestRefusal(options: GuestConnectionOptions): (socket: Socket) => Promise<TtError | null> {
  const { vms, logger, ownerOf = socketOwner, holds = holdsSocket, platform = process.platform } = options;
  const lines = new SeldomLines();
  return async (socket) => {
    const { remoteAddress, remotePort, localAddress, localPort } = socket;
    if (platform !== 'linux' || !remoteAddress || !remotePort || !localAddress || !localPort) return null;
    if (!isOfThisHost(remoteAddress, localAddress)) return null;
    const guests = vms().filter(({ spec }) => spec.nics.some(({ kind }) => isBehindQemu(kind)));
    if (guests.length === 0) return null;
    const [peer, own] = [
      { address: remoteAddress, port: remotePort },
      { address: localAddress, port: localPort },
    ];
    try {
      // The list is not read in one piece: while others come and go a line may be missed once.
      const owner = (await ownerOf(peer, own)) ?? (await ownerOf(peer, own));
      const guest = owner && (await guestOf(owner));
      if (!guest) return null;
      lines.say(guest.name, (leftOut) =>
        logger.warn({ vmName: guest.name, leftOut }, 'a guest tried to reach the agent; refused'),
      );
      return new TtError('GUEST_REFUSED', {});
    } catch (error) {
      // The first wall still stands: without a token nothing is answered.
      lines.say('', (leftOut) =>
        logger.warn({ err: error, leftOut }, 'can’t tell whether a connection comes from a guest'),
      );
      return null;
    }

    async function guestOf({ uid, inode }: SocketOwner) {
      const confined = guests.find(({ placement }) => placement.confinement?.uid === uid);
      if (confined) return confined;
      // QEMUs that run as the agent does: the user says nothing, so their open files are looked through.
      if (uid !== process.getuid?.()) return null;
      for (const guest of guests) {
        const { process: qemu } = guest.status;
        if (qemu && !guest.placement.confinement && (await holds(qemu.pid, inode))) return guest;
      }
      return null;
    }
  };
}

/** A program that connects to an address of its own host has that address or loopback as its source. */
function isOfThisHost(remote: string, local: string): boolean {
  const address = remote.replace(/^::ffff:/i, '');
  return address === local.replace(/^::ffff:/i, '') || address.startsWith('127.') || address === '::1';
}
