// QEMU user networking (slirp): works without root, gives each VM its own little network with DHCP, DNS and a way out.
// Nothing is made on the host, so there is nothing to remove.
import { randomBytes } from 'node:crypto';
import type { NicAttachment } from '../../engines/interface.ts';
import type { Network, NetworkRequest } from '../interface.ts';

export class UserNetwork implements Network {
  readonly kind = 'user';

  createMac(taken: ReadonlySet<string>): string {
    for (;;) {
      // 52:54:00 is the locally administered prefix QEMU's own tools use.
      const mac = ['52', '54', '00', ...[...randomBytes(3)].map((byte) => byte.toString(16).padStart(2, '0'))].join(
        ':',
      );
      if (!taken.has(mac)) return mac;
    }
  }

  async setNet({ mac, portMap, denyOutgoing }: NetworkRequest): Promise<NicAttachment[]> {
    const forwards = portMap.map(({ protocol, hostAddress, hostPort, guestPort }) => ({
      protocol,
      hostAddress,
      hostPort,
      guestPort,
    }));
    return [{ kind: 'user', mac, forwards, denyOutgoing }];
  }

  async unsetNet(): Promise<void> {}
}
